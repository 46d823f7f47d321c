Attribute VB_Name = "ThiDuaRibbon"
Option Explicit

' The tab of the add-in: each button's tag is the name of its command, which works on the workbook in front.
' Object, not IRibbonControl: the macro must compile wherever the library of Office is registered.

Public Sub BamNut(nut As Object)
    Dim vo As Object
    Dim dong As String
    On Error GoTo hong
    If ActiveWorkbook Is Nothing Then Exit Sub
    Set vo = CreateObject("WScript.Shell")
    dong = DuongPython() & " -m thidua_xl.hosts " & nut.Tag & " --from_xl=1 --hwnd=" & CStr(Application.Hwnd)
    dong = dong & " ""--wb=" & ActiveWorkbook.Name & """"
    If vo.Run(dong, 0, True) = 0 Then Exit Sub
hong:
    Application.StatusBar = ThisWorkbook.Names("TD_NUT_LOI").RefersToRange.Value
End Sub
