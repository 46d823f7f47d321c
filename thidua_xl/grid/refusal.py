"""Why a file is refused: the codes, in one place. Read `refuse`.

input.missing           no such file                         input.not_a_file     folder, pipe, device
input.unreadable        no right to read, or gone            input.empty          no byte in it
input.too_big           over the size limit                  input.not_a_workbook something else (`seen` names it)
input.html_as_xls       HTML, XML or CSV with a workbook's extension (`seen`)
input.encrypted         protected by a password              input.old_format     Excel before 5.0
input.locked_other      .ods or .zip behind a password, which nothing here opens
input.wrong_password    no given password opens it         input.no_password_reader  the extra is not installed
input.damaged           cut off, wrong checksum, ill-formed (`part`)
input.unsafe_package    member names or offsets no honest program writes
input.bomb              inflates far beyond its size         input.dtd            XML with a document type
input.bad_encoding      XML in no Unicode encoding           input.bad_sheet      readable in two ways (`part`, `cell`)
input.bad_reference     a part or string that is not there (`part`)
input.too_many_cells    more cells than an office form has   input.timeout        took longer than allowed
input.too_much_memory   the reader ran out of its memory     input.reader_died    the reader stopped without an answer
"""

from __future__ import annotations

from thidua_xl.errors import InputRefused


def refuse(code: str, /, **values: object) -> InputRefused:
    """The refusal `input.<code>`, to raise; the file's name is added by the reader."""
    return InputRefused(f"input.{code}", **{name: value for name, value in values.items() if value != ""})


def named(refusal: InputRefused, file: str) -> InputRefused:
    """The same refusal with the name of its file."""
    return InputRefused(refusal.code, **{**refusal.values, "file": file})
