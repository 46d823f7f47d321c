Attribute VB_Name = "ThiDuaLibre"

' LibreOffice: Python runs beside it and comes back through a pipe of this user only.
' No Option Explicit: GetProcessServiceManager is a function here and an unused variable to Excel.

Private ong As String
Private cong As Object ' kept: the pipe closes when nobody holds it

Public Sub GoiPython(ByVal lenh As String)
    Dim dong As String
    dong = DuongPython() & " -m thidua_xl.hosts " & lenh & " --uno=" & OngNoi()
    dong = dong & " ""--wb=" & ThisWorkbook.Path & Application.PathSeparator & ThisWorkbook.Name & """"
    Shell dong, 0
End Sub

Private Function OngNoi() As String
    If ong = "" Then
        Randomize
        ong = "thidua" & CStr(CLng(Rnd * 1000000000))
        Set cong = GetProcessServiceManager.createInstance("com.sun.star.office.Acceptor")
        cong.initialize Array("pipe,name=" & ong & ";urp;StarOffice.ComponentContext", True)
    End If
    OngNoi = ong
End Function
