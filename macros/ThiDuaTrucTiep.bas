Attribute VB_Name = "ThiDuaExcel"
Option Explicit

' Excel on Windows without the module of xlwings: the same arguments that Book.caller() of xlwings reads.
' WScript.Shell takes Vietnamese paths, Shell of VBA does not.

Public Sub GoiPython(ByVal lenh As String)
    Dim vo As Object
    Dim dong As String
    Set vo = CreateObject("WScript.Shell")
    dong = DuongPython() & " -m thidua_xl.hosts " & lenh & " --from_xl=1 --hwnd=" & CStr(Application.Hwnd)
    dong = dong & " ""--wb=" & ThisWorkbook.Name & """"
    If vo.Run(dong, 0, True) <> 0 Then Err.Raise 1004
End Sub
