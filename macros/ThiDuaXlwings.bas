Attribute VB_Name = "ThiDuaExcel"
Option Explicit

' Excel with the module of the xlwings that is installed on this machine; it is put beside this one.
' A Python that is not there is found out here: RunPython would say so in English and report nothing.

Public Sub GoiPython(ByVal lenh As String)
    Dim tep As String
    tep = Replace(DuongPython(), """", "")
    If InStr(tep, "\") > 0 Then
        If Not CreateObject("Scripting.FileSystemObject").FileExists(tep) Then Err.Raise 53
    End If
    If RunPython("import thidua_xl.hosts; thidua_xl.hosts.press('" & lenh & "')") <> 0 Then Err.Raise 1004
End Sub
