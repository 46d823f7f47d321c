Attribute VB_Name = "ThiDuaExcel"
Option Explicit

' Excel with the module of the xlwings that is installed on this machine; it is put beside this one.

Public Sub GoiPython(ByVal lenh As String)
    RunPython "import thidua_xl.hosts; thidua_xl.hosts.press('" & lenh & "')"
End Sub
