Attribute VB_Name = "ThiDuaPython"
Option Explicit

' The Python that runs the program: the cell on the control sheet, else THIDUA_PYTHON, else "python".
Public Function DuongPython() As String
    Dim tep As String
    tep = Trim("" & ThisWorkbook.Names("TD_NUT_PYTHON").RefersToRange.Value)
    If tep = "" Then tep = Environ("THIDUA_PYTHON")
    If tep = "" Then tep = "python"
    DuongPython = """" & tep & """"
End Function
