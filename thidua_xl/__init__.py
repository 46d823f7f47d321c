"""thidua_xl: collect, check and consolidate the Excel workbooks of many units, losing and inventing nothing."""
