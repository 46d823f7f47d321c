"""Formulas over the dirty table, one a line, on which this engine and LibreOffice must agree cell by cell."""

from thidua_xl.model import CellError, Value

DIV0, NA, NUM, VALUE = (CellError(code) for code in ("#DIV/0!", "#N/A", "#NUM!", "#VALUE!"))

# a: numbers, some as text · b: numbers · c: Vietnamese text · d: dates · e: truth values · g: codes · h: errors
# k: nearly unique codes · m: money
AGREED = '''
[@a]+[@b]
[@a]-[@b]
[@b]*[@m]
[@m]/[@b]
[@a]*2+1
-[@b]
-[@a]
+[@b]
[@b]%
[@b]^2
2^[@b]
[@b]^0.5*0
-[@b]^2
[@b]^2^2
[@a]&""
[@b]&"x"
[@c]&" "&[@g]
[@d]&""
[@m]/3&""
[@b]/7&""
[@b]=[@b]
[@a]=[@b]
[@a]=5
[@a]="5"
[@a]=""
[@a]<>""
[@b]=0
[@b]<>0
[@b]>=10
[@b]<10
[@b]>[@m]/10000000
[@b]<=[@a]
[@a]>[@b]
[@a]<5
[@a]>"a"
[@c]="đặng văn a"
[@c]="ABC"
[@c]<>"abc"
[@c]=[@g]
[@g]="TIEN"
[@g]<>"tien"
[@c]<"m"
[@c]>="đ"
[@c]>[@g]
[@d]>DATE(2025,6,30)
[@d]=""
[@d]-[@b]>45000
[@d]+30
[@d]-DATE(2025,1,1)
AND([@d]>=DATE(2025,1,1),[@d]<=DATE(2025,12,31))
[@e]=FALSE
[@e]<>TRUE
IF([@e],1,2)
IF([@e],[@a],[@b])
IF([@b],"yes","no")
IF([@b]>5,"big",IF([@b]>0,"small","none"))
IF([@b],1,2)
IF([@g]="TIEN",[@m]>0,[@b]>0)
IF([@c]="","trống",[@c])
IF([@b]>0,[@c])
IF([@b]>0,,3)&""
IFERROR([@a]+1,-1)
IFERROR([@h],"lỗi")
IFERROR([@m]/[@b],0)
IFERROR([@h]+1,[@b])
IFNA([@h],"na")
IFNA(MATCH([@c],{"abc","ô"},0),0)
IFS([@b]>20,"a",[@b]>10,"b",TRUE,"c")
IFS([@b]>20,"a",[@b]>10,"b")
SWITCH([@g],"TIEN",1,"HIEN_VAT",2,3)
SWITCH([@b],1,"một",2,"hai")
SWITCH([@c],"abc",1,"ô",2,0)
LOOKUP(3,{1,5,2,4},{"a","b","c","d"})
"ă"<"â"
"ổ"<"ộ"
"ơ"<"ớ"
SUMPRODUCT(MAX((T[g]="TIEN")*T[m]))
SUMPRODUCT((T[g]<>"")*(COUNTIFS(T[g],T[g],T[e],TRUE)>0))
SUMPRODUCT(ISNUMBER(T[h])*T[m])
INDEX({1,2;3,4},3,1)
SUM(INDEX(T[[a]:[c]],0,2))
MATCH(4,{7,5,3,1},-1)
NETWORKDAYS(DATE(2025,1,1),DATE(2025,1,31),{45658,45659})
DATEDIF(DATE(2024,1,15),DATE(2025,3,1),"yd")
WEEKDAY([@d],16)
TEXT([@m]*1000,"#,##0,")
TEXT([@b],"0 ""đồng""")
50%%
2^3^2%
---[@b]
COUNTIF(T[c],"~~tilde")
COUNTIF(T[a],"12%")
CHOOSE([@b],"a","b","c")
CHOOSE(MOD([@m]/1000,3)+1,"x","y","z")
NOT([@e])
NOT([@b]>0)
AND([@b]>0,[@b]<10)
AND([@e],[@b]>0)
AND([@b],[@m])
OR([@b]>30,[@g]="TIEN")
OR([@e],FALSE)
OR([@c]="",LEN([@c])>5)
XOR([@b]>0,[@m]>50000000)
AND([@h]=1,TRUE)
OR([@h]=1,TRUE)
TRUE()
ISBLANK([@a])
ISBLANK([@c])
ISNUMBER([@a])
ISNUMBER([@d])
ISTEXT([@a])
ISTEXT([@c])
ISNONTEXT([@c])
ISERROR([@h])
ISERR([@h])
ISNA([@h])
ISERROR([@a]+1)
ISNUMBER([@a]*1)
ISEVEN([@m]/1000)
ISODD([@m]/1000)
ISEVEN(ROUND([@m]/7000,0))
ISLOGICAL([@e])
N([@b])
N([@c])
T([@c])
T([@a])
SUM([@a],[@b])
SUM([@b],[@m],1)
SUM(T[b])
SUM(T[a])
SUM(T[a],T[b],[@b])
SUM(T[b])/COUNT(T[b])
[@m]/SUM(T[m])
COUNT(T[a])
COUNT([@a],[@b],[@c])
COUNTA(T[a])
COUNTA([@a],[@c],[@g])
COUNTA([@a],)
COUNTA(,[@c],1,)
COUNTA(T[a],)
COUNTBLANK(T[c])
COUNTBLANK([@c])
AVERAGE(T[b])
AVERAGE([@b],[@m])
AVERAGE([@a],[@b])
MIN(T[b])
MAX(T[b])
MIN([@b],[@m])
MAX([@a],[@b])
MAX([@b],0)
MIN([@d],DATE(2025,1,1))
MAX(T[d])
MEDIAN(T[b])
MEDIAN([@b],[@m],5)
LARGE(T[b],3)
SMALL(T[m],2)
LARGE(T[m],[@b])
RANK([@m],T[m])
RANK([@m],T[m],1)
RANK([@b],T[b])
STDEV(T[b])
VAR(T[b])
PRODUCT([@b],2,3)
SUBTOTAL(9,T[b])
SUBTOTAL(101,T[b])
SUMPRODUCT(T[b],T[m])
SUMPRODUCT((T[b]>10)*1)
SUMPRODUCT((T[g]="TIEN")*T[m])
SUMPRODUCT((T[g]=[@g])*(T[b]>5))
SUMPRODUCT((T[k]=[@k])*1)
SUMPRODUCT(--(T[c]="abc"),T[m])
SUMPRODUCT((T[m]>[@m])*1)+1
SUMPRODUCT(T[b]*T[m])
SUMPRODUCT(ABS(T[b]))
COUNTIF(T[k],[@k])=1
COUNTIF(T[k],[@k])
COUNTIF(T[c],[@c])
COUNTIF(T[c],"đặng văn a")
COUNTIF(T[c],"đặng*")
COUNTIF(T[c],"?bc")
COUNTIF(T[c],"*văn*")
COUNTIF(T[c],"x~*y")
COUNTIF(T[c],"a~?b")
COUNTIF(T[c],"<>abc")
COUNTIF(T[c],"<>")
COUNTIF(T[c],"")
COUNTIF(T[g],"TIEN")
COUNTIF(T[g],"<>tien")
COUNTIF(T[b],">10")
COUNTIF(T[b],">="&[@b])
COUNTIF(T[b],"<"&[@b])
COUNTIF(T[b],"<=5")
COUNTIF(T[b],"<>5")
COUNTIF(T[b],5)
COUNTIF(T[b],[@b])
COUNTIF(T[d],">"&DATE(2025,6,30))
COUNTIF(T[d],[@d])
COUNTIF(T[e],TRUE)
COUNTIF(T[h],"x")
COUNTIF(T[k],LEFT([@k],4)&"*")
COUNTIFS(T[g],"TIEN",T[b],">5")
COUNTIFS(T[g],[@g],T[c],[@c])
COUNTIFS(T[g],[@g],T[b],">="&[@b])
COUNTIFS(T[g],"tien",T[c],"đặng*")
COUNTIFS(T[g],"<>TIEN",T[b],"<>5",T[c],"<>")
SUMIF(T[g],"TIEN",T[m])
SUMIF(T[g],[@g],T[m])
SUMIF(T[b],">10")
SUMIF(T[b],">10",T[m])
SUMIF(T[c],"*văn*",T[m])
SUMIF(T[c],[@c],T[b])
SUMIF(T[g],"TIEN",T[a])
SUMIFS(T[m],T[g],[@g])
SUMIFS(T[m],T[g],"TIEN",T[b],">0",T[b],"<20")
SUMIFS(T[b],T[c],[@c],T[g],[@g])
AVERAGEIF(T[g],"TIEN",T[m])
AVERAGEIF(T[b],">1000")
AVERAGEIFS(T[m],T[g],[@g],T[b],">0")
MAXIFS(T[m],T[g],[@g])
MINIFS(T[m],T[b],">10")
ROUND([@m]/7,2)
ROUND([@m]/7000,0)
ROUND(-[@m]/7000,0)
ROUND([@m],-3)
ROUND([@m]/8000,1)
ROUND([@a],0)
ROUNDUP([@m]/7000,0)
ROUNDUP(-[@m]/7000,1)
ROUNDDOWN([@m]/7000,1)
ROUNDDOWN(-[@m]/7000,0)
INT([@m]/7000)
INT(-[@m]/7000)
INT([@b]/2)
TRUNC([@m]/7000,2)
TRUNC(-[@m]/7000)
MOD([@m],7000)
MOD([@b],3)
MOD(-[@b],3)
MOD([@b],-3)
MOD([@m],[@b])
QUOTIENT([@m],7000)
QUOTIENT([@b],4)
PERCENTILE(T[b],0.3)
QUARTILE(T[m],3)
SUMSQ([@b],2)
CEILING.MATH([@b]/3)
FLOOR.MATH([@b]/3,1,1)
FACT(MOD([@m]/1000,9))
LCM(MOD([@m]/1000,9)+1,4)
("(" & MOD([@m]/1000,9) & ")")+0
ABS([@b])
ABS([@a]-[@b])
ABS([@b]-[@m]/1000)<=0.05
SIGN([@b])
POWER([@b],2)
POWER([@b],3)/7
SQRT(ABS([@b]))
SQRT([@m])
EXP([@b]/10)
LN([@m])
LOG10([@m])
LOG([@m],2)
CEILING([@m],7000)
CEILING([@m]/7000,0.5)
FLOOR([@m],7000)
FLOOR([@m]/7000,0.25)
MROUND([@m],7000)
EVEN([@b])
ODD([@b])
GCD([@m],35000)
LEN([@c])
LEN([@a])
LEN([@d])
LEN(TRIM([@c]))=LEN([@c])
TRIM([@c])
TRIM([@c])=[@c]
LEFT([@c],3)
LEFT([@k],2)="MA"
LEFT([@m],3)
LEFT([@c])
RIGHT([@c],2)
RIGHT([@k],5)
MID([@c],2,4)
MID([@c],30,4)
UPPER([@c])
LOWER([@c])
PROPER([@c])
UPPER(TRIM([@c]))=UPPER([@c])
EXACT([@c],UPPER([@c]))
EXACT([@g],"TIEN")
FIND("n",[@c])
FIND("Văn",[@c])
FIND("a",[@c],3)
ISNUMBER(FIND("/",[@c]))
SEARCH("văn",[@c])
SEARCH("?n",[@c])
SEARCH("v*a",[@c])
SEARCH("~?",[@c])
SEARCH("a",[@c],2)
ISNUMBER(SEARCH("ưu tiên",[@c]))
SUBSTITUTE([@c]," ","")
SUBSTITUTE([@c],"n","N",2)
LEN([@c])-LEN(SUBSTITUTE([@c]," ",""))
REPLACE([@c],1,2,"__")
REPLACE([@k],3,2,"")
REPT("*",[@b])
REPT([@g],2)
CONCATENATE([@c],"-",[@b])
CONCAT([@c],[@g],[@b])
TEXTJOIN("; ",TRUE,[@c],[@g],[@b])
TEXTJOIN("-",FALSE,[@c],[@g])
CHAR(65+MOD([@m]/1000,26))
CODE([@k])
CLEAN([@c])
VALUE([@a])
IFERROR(VALUE([@a]),0)
VALUE(RIGHT([@k],5))
VALUE(RIGHT([@k],5))*2
TEXT([@m],"#,##0")
TEXT([@m]/7,"0.00")
TEXT([@b],"0")
TEXT([@b],"000")
TEXT([@b],"0;(0)")
TEXT([@b],"+0;-0;0")
TEXT([@b]/100,"0%")
TEXT([@b]/100,"0.0%")
TEXT([@m],"#,##0.00")
TEXT([@m],"0,")
TEXT([@m]/7+0.004,"#.00#")
TEXT([@m],"#,##0 ""đồng""")
TEXT([@d],"dd/mm/yyyy")
TEXT([@d],"yyyy-mm-dd")
TEXT([@d],"d/m/yy")
TEXT([@d],"mmm")
TEXT([@d]+0.75,"hh:mm")
TEXT([@c],"@")
TEXT([@c],"0")
DATE(2025,[@b],1)
DATE(2025,1,[@b])
DATE(2000+ABS([@b]),2,30)
YEAR([@d])
MONTH([@d])
DAY([@d])
YEAR([@d])=2025
AND(YEAR([@d])=2025,MONTH([@d])<=6)
EDATE([@d],1)
EDATE([@d]+44000,-[@b])
EOMONTH([@d],0)
EOMONTH([@d]+44000,[@b])
[@d]=EOMONTH([@d],0)
DATEDIF(DATE(2020,1,31),[@d]+DATE(2020,2,1),"m")
DATEDIF(DATE(2020,1,31),[@d]+DATE(2020,2,1),"y")
DATEDIF(DATE(2020,1,31),[@d]+DATE(2020,2,1),"d")
DATEDIF(DATE(2020,1,31),[@d]+DATE(2020,2,1),"ym")
DATEDIF(DATE(2020,1,31),[@d]+DATE(2020,2,1),"yd")
DAYS([@d],DATE(2025,1,1))
WEEKDAY([@d])
WEEKDAY([@d],2)
WEEKDAY([@d],2)>5
WEEKNUM(DATE(2025,MOD([@m]/1000,12)+1,5))
ISOWEEKNUM([@d]+40000)
NETWORKDAYS(DATE(2024,11,1),[@d]+0)
NETWORKDAYS(DATE(2025,3,1),[@d]+45000)
NETWORKDAYS(DATE(2025,3,1),DATE(2025,4,30),T[d])
WORKDAY(DATE(2025,1,1),[@b])
WORKDAY(DATE(2025,1,1),ABS([@b])*10)
DAYS360(DATE(2025,1,31),[@d]+45000)
HOUR(ABS([@b])/50)
MINUTE([@b]/50+0.3)
TIME([@b],30,0)
DATEVALUE("2025-0"&1+MOD([@m]/1000,9)&"-15")
MATCH([@k],T[k],0)
MATCH([@c],T[c],0)
MATCH("đặng*",T[c],0)
MATCH("*b",T[c],0)
MATCH([@b]+0,{0,5,10,20})
MATCH([@b]+0,{20,10,5,0},-1)
MATCH([@g],{"TIEN","HIEN_VAT"},0)
ISNUMBER(MATCH([@g],{"tien","hien_vat"},0))
INDEX(T[m],3)
INDEX(T[c],MATCH([@k],T[k],0))
INDEX({"a","b","c"},MOD([@m]/1000,4)+1)
INDEX({1,2;3,4},2,1)
VLOOKUP([@k],T[[k]:[m]],2,FALSE)
VLOOKUP([@b]+0,{0,"thấp";10,"vừa";20,"cao"},2)
VLOOKUP([@g],{"TIEN","tiền";"HIEN_VAT","hiện vật"},2,FALSE)
HLOOKUP([@g],{"TIEN","HIEN_VAT";1,2},2,0)
LOOKUP([@b]+0,{0,10,20},{"a","b","c"})
LOOKUP([@b]+0,{0,10,20})
ROWS(T[b])
COLUMNS(T[[a]:[c]])
IF(COUNTIF(T[k],[@k])>1,"trùng","")
IF(AND([@g]="TIEN",[@m]<=0),"sai","đúng")
OR([@g]<>"HIEN_VAT",AND([@b]>0,[@c]<>""))
ROUND([@b]/[@m]*100,2)<=100
ABS([@b]-ROUND([@m]/1000*1,0))>=0.05
IF(ISBLANK([@d]),TRUE,AND([@d]>=DATE(2025,1,1),[@d]<=DATE(2025,6,30)))
LEN(SUBSTITUTE(LOWER([@c]),"đ",""))
IF(ISNUMBER([@a]),[@a]>=0,TRUE)
SUM(T[m])-SUMIF(T[g],"TIEN",T[m])>=0
COUNTIFS(T[k],[@k],T[g],[@g])<=1
[@m]<=SUMIF(T[g],[@g],T[m])
IFERROR(INDEX(T[m],MATCH([@c],T[c],0)),0)
0.1+0.2=0.3
1/3*3=1
[@b]/3*3=[@b]+0
[@m]*1.1-[@m]=[@m]*0.1
"Đ"="đ"
[@h]
[@h]&"x"
IF([@h]=1,"a","b")
SUM([@h],1)
LEN([@h])
ISNUMBER([@h]+1)
COUNTIF(T[h],2)
'''

# Where the two differ: the formula, Excel's value (ours), LibreOffice 7.4's value, and why we keep to Excel.
# Excel's side is from its documentation and from tests kept by others against it; it was not run here.
TRUTH: tuple[tuple[str, Value, Value, str], ...] = (
    ("=1=TRUE", False, True, "a truth value is no number in Excel"),
    ('=TRUE>"z"', True, False, "Excel orders numbers, texts, truth values"),
    ('=TRUE&""', "TRUE", "1", "a truth value joined to text is its word"),
    ("=ISNUMBER(TRUE)", False, True, "a truth value is no number"),
    ("=LEN(TRUE)", 4, 1, "the word TRUE"),
    ('=TEXT(TRUE,"0")', "TRUE", "1", "a truth value has no number format"),
    ('=SUM("5",1)', 6, VALUE, "a number written as text is taken as argument"),
    ('=AND("TRUE",TRUE)', True, VALUE, "TRUE written as text is taken as argument"),
    ('=IF("7",1,2)', VALUE, 1, "text is no condition, even when it is a number"),
    ("=0^0", NUM, 1, "Excel gives no value to it"),
    ("=0^-1", DIV0, NUM, "Excel sees a division by zero"),
    ("=(-8)^(1/3)", NUM, -2, "no root of a negative number"),
    ('="05/01/2021"+0', 44201, 44317, "day, month, year: the office's dates"),
    ('=FIND("","abc")', 1, VALUE, "an empty text is found at once"),
    ('=1E+20&""', "1E+20", "1E+020", "two digits of exponent"),
    ('=1E+16&""', "10000000000000000", "1E+016", "digits up to 20 places"),
    ('=COUNTIF({5;"5"},5)', 2, 1, "COUNTIF takes text that reads as a number for that number"),
    ("=EDATE(5,-12)", NUM, -360, "no dates before 1900"),
    ("=HOUR(-0.5)", NUM, 12, "no times below zero"),
    ("=MROUND(7,-3)", NUM, 6, "number and multiple must have one sign"),
    ("=WEEKNUM(DATE(2025,12,31))", 53, 1, "weeks count from 1 January"),
    ('=TEXT(5,"#.##")', "5.", "5", "the point is written"),
    ('=STDEV(1,2,"3")', 1, VALUE, "a number written as text is taken as argument"),
    ("=100.1-100=0.1", True, False, "our numbers are exact decimals; doubles are not, here nor in Excel"),
    ("=YEAR(2958466)", NUM, 10000, "no dates after 9999"),
    ("=YEAR(DATE(100,1,1))", 2000, VALUE, "years below 1900 count from 1900"),
    ("=TYPE(TRUE)", 4, 1, "truth values have a type of their own"),
    ("=FLOOR(3,0)", DIV0, VALUE, "Excel sees a division by zero"),
    ('=VLOOKUP("b",{0,1;5,2},2)', NA, 2, "a text is not sought among numbers"),
    ('=ISEVEN("1,234")', True, VALUE, "a number written as text is taken as argument"),
    ('=CODE("đ")', 63, 196, "a letter outside the Western code page is a question mark"),
    ("=SWITCH(1,1/0,2,3)", DIV0, 3, "an error among the values compared with is the result"),
    ('=UPPER("ß")', "ß", "ẞ", "left as it is"),
)

FORMULAS = tuple(f"={line}" for line in AGREED.strip().splitlines())
