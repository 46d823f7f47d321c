Attribute VB_Name = "ThiDuaNut"
Option Explicit

' What the buttons of the control sheet call. Nothing is decided here: each button starts Python
' with the name of its command. ASCII only; words for the user come from Python and from cells.

Public Sub NhanBaoCao()
    ChayLenh "receive"
End Sub

Public Sub KiemTra()
    ChayLenh "check"
End Sub

Public Sub TraLaiDonVi()
    ChayLenh "annotate"
End Sub

Public Sub TongHop()
    ChayLenh "consolidate"
End Sub

Public Sub XuatBaoCao()
    ChayLenh "export"
End Sub

Public Sub TruyVet()
    ChayLenh "trace"
End Sub

Public Sub HoanTac()
    ChayLenh "undo"
End Sub

Private Sub ChayLenh(ByVal lenh As String)
    On Error GoTo hong
    If LaExcel() Then
        Application.Run "ThiDuaExcel.GoiPython", lenh
    Else
        Application.Run "ThiDuaLibre.GoiPython", lenh
    End If
    Exit Sub
hong:
    ThisWorkbook.Names("TD_NUT_TRANG_THAI").RefersToRange.Value = ThisWorkbook.Names("TD_NUT_LOI").RefersToRange.Value
End Sub

' LibreOffice has no Application.Path.
Private Function LaExcel() As Boolean
    On Error GoTo khong
    LaExcel = (Len(Application.Path) > 0)
    Exit Function
khong:
    LaExcel = False
End Function
