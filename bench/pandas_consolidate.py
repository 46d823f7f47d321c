"""The same job as `thidua-xl consolidate`, as a careful analyst writes it with pandas and openpyxl, for comparison.

    python bench/pandas_consolidate.py FOLDER CRITERIA TEMPLATE OUT.xlsx FIGURES.json [--all-sheets]

Reads the form sheets of every workbook (with --all-sheets every sheet, as `sheet_name=None` does), cleans, asks 22 of
the book's rules, groups by unit and fills TH01 to TH05 of the template. It does without what the product promises
beyond that: no guard, no cell addresses in the findings, no proof, no sources. FIGURES.json takes the figures by unit,
so that they can be compared with the product's.
"""

from __future__ import annotations

import copy
import json
import sys
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
from openpyxl.utils import get_column_letter, range_boundaries

SHEETS = {f"S{number:02}": f"Biểu {number:02}" for number in range(1, 14) if number != 9}
MONEY = {"so_tien", "tri_gia_dong", "kinh_phi", "so_tien_dong_gop", "tri_gia_van_dong"}
NUMBERS = MONEY | {
    *("so_ho_huong_loi", "so_ho_ngheo", "so_nguoi", "so_luong_hien_vat", "so_luong", "so_luot", "so_ngay_cong"),
    *("so_luot_di_co_so", "ke_hoach", "thuc_hien_ky", "luy_ke_nam", "luy_ke_giai_doan", "ty_le", "tong_ccvcnld"),
    *("so_cong_chuc", "so_vien_chuc", "so_nguoi_lao_dong", "so_duoc_trien_khai", "so_tham_gia", "so_sang_kien"),
}
DATES = {"tu_ngay", "den_ngay", "ngay", "ngay_nop", "ngay_giao", "han", "ngay_hoan_thanh", "ngay_cong_nhan", "ngay_ky"}


def read_round(folder: Path, is_all_sheets: bool) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """The head of each report as a row, and one frame for each table with `_unit` and `_file`."""
    heads, tables = [], {form: [] for form in SHEETS}
    for path in sorted(folder.glob("*.xlsx")):
        with pd.ExcelFile(path, engine="openpyxl") as book:
            names = [name for name in book.sheet_names if name == "Thông tin chung" or name in SHEETS.values()]
            sheets = pd.read_excel(book, sheet_name=None if is_all_sheets else names, header=None, dtype=object)
        head = sheets["Thông tin chung"]
        fields = head[head[5].notna()]
        values = dict(zip(fields[5].astype(str).str.strip(), fields[2], strict=True))
        unit = str(values["ma_don_vi"]).strip()
        heads.append({**values, "_file": path.name, "_unit": unit})
        for form, name in SHEETS.items():
            if name in sheets:
                table = read_table(sheets[name])
                table["_unit"], table["_file"] = unit, path.name
                tables[form].append(table)
    joined = {form: clean(pd.concat(frames, ignore_index=True)) for form, frames in tables.items() if frames}
    return clean(pd.DataFrame(heads)), joined


def read_table(sheet: pd.DataFrame) -> pd.DataFrame:
    """The rows of a form's table: below the row of field codes and the two header rows, down to the total."""
    at = next(index for index, row in enumerate(sheet.itertuples(index=False)) if row[0] == "stt")
    codes = sheet.iloc[at].tolist()
    first = next(index for index in range(at + 1, len(sheet)) if sheet.iat[index, 0] == "A") + 1
    body = sheet.iloc[first:]
    body = body[pd.to_numeric(body[0], errors="coerce").notna()].copy()  # numbered rows; no total, no signatures
    body.columns = [str(code) for code in codes]
    content = body.drop(columns=["stt", "_giai_trinh"], errors="ignore")
    return body[content.notna().any(axis=1)]


def clean(frame: pd.DataFrame) -> pd.DataFrame:
    """Texts stripped, numbers exact, dates as dates; what is no number stays as it was typed."""
    for column in frame.columns:
        if column in NUMBERS:
            frame[column] = frame[column].map(number)
        elif column in DATES:
            frame[column] = pd.to_datetime(frame[column], errors="coerce")
        else:
            frame[column] = frame[column].map(lambda value: value.strip() if isinstance(value, str) else value)
    return frame


def number(value: object) -> object:
    """A number as Decimal; a text with separators too."""
    if isinstance(value, bool) or value is None or value != value:
        return None
    if isinstance(value, (int, float)):
        return Decimal(str(value))
    text = str(value).replace(".", "").replace(",", ".").strip()
    return Decimal(text) if text.replace(".", "", 1).lstrip("-").isdigit() else value


def lists_of(criteria: Path) -> tuple[dict[str, set[str]], pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Labels of the lists, units, periods and communes of the criteria book."""
    with pd.ExcelFile(criteria, engine="openpyxl") as book:
        lists = pd.read_excel(book, sheet_name="Danh mục", header=2, dtype=object)
        units = pd.read_excel(book, sheet_name="Đơn vị", header=2, dtype=object)
        periods = pd.read_excel(book, sheet_name="Kỳ", header=2, dtype=object)
        communes = pd.read_excel(book, sheet_name="Địa bàn", header=2, dtype=object)
    return lists.groupby("Mã danh mục")["Nhãn"].agg(set).to_dict(), units, periods, communes


def check(head: pd.DataFrame, tables: dict[str, pd.DataFrame], criteria: Path, period: str) -> pd.DataFrame:
    """22 rules of the criteria book; a line for each finding: rule, file, row of the frame."""
    lists, units, periods, communes = lists_of(criteria)
    own = periods[periods["Mã kỳ"] == period].iloc[0]
    start, end = pd.Timestamp(own["Từ ngày"]), pd.Timestamp(own["Đến ngày"])
    found: list[tuple[str, str, int]] = []

    def tell(rule: str, frame: pd.DataFrame, wrong: pd.Series) -> None:
        found.extend(
            (rule, file, index) for index, file in frame.loc[wrong.fillna(False).astype(bool), "_file"].items()
        )

    people, aid, gifts, fund, news = (tables[form] for form in ("S02", "S03", "S04", "S05", "S06"))
    ideas, tasks, goals, hard, papers = (tables[form] for form in ("S07", "S13", "S01", "S10", "S12"))
    codes = pd.MultiIndex.from_frame(people[["_unit", "ma_ca_nhan"]])
    tell("META-01", head, ~head["_unit"].isin(units["Mã đơn vị"]))
    tell("REQ-03", head, head[["nguoi_lap", "nguoi_ky", "chuc_vu_ky"]].isna().any(axis=1))
    parts = head["so_cong_chuc"] + head["so_vien_chuc"] + head["so_nguoi_lao_dong"]
    tell("SUM-10", head, head["tong_ccvcnld"] != parts)
    tell(
        "SUM-08",
        head,
        (head["so_duoc_trien_khai"] > head["tong_ccvcnld"]) | (head["so_tham_gia"] > head["tong_ccvcnld"]),
    )
    tell("DUP-02", people, people.duplicated(["_unit", "ma_ca_nhan"], keep=False))
    tell("REQ-07", people, people[["ho_ten", "chuc_vu"]].isna().any(axis=1))
    tell("LST-nhom", people, ~people["nhom_ccvcnld"].isin(lists["DM_NHOM_CCVC"]))
    tell("PER-08a", fund, ~fund["ngay_nop"].between(start, end))
    tell("PER-08b", gifts, ~gifts["ngay"].between(start, end))
    tell("PER-08c", news, ~news["ngay"].between(start, end))
    tell(
        "REF-02a",
        fund,
        fund["ma_ca_nhan"].notna() & ~pd.MultiIndex.from_frame(fund[["_unit", "ma_ca_nhan"]]).isin(codes),
    )
    tell(
        "REF-02b",
        gifts,
        gifts["ma_ca_nhan"].notna() & ~pd.MultiIndex.from_frame(gifts[["_unit", "ma_ca_nhan"]]).isin(codes),
    )
    tell("RNG-01", fund, fund["so_tien"].map(lambda value: isinstance(value, Decimal) and value < 0))
    tell("TYP-01", fund, fund["so_tien"].map(lambda value: not isinstance(value, Decimal)))
    tell("LST-dot", fund, ~fund["dot"].isin(lists["DM_DOT_QUY"]))
    tell("REF-03", aid, ~aid["ma_xa"].isin(communes["Tên xã"]))
    tell("SUM-12", aid, aid["so_ho_ngheo"].fillna(0) > aid["so_ho_huong_loi"].fillna(0))
    tell("PER-03", aid, aid["den_ngay"] < aid["tu_ngay"])
    tell("REQ-09", tasks, tasks["noi_dung"].isna())
    late = tasks["ngay_hoan_thanh"] > tasks["han"]
    tell("SUM-01", tasks, late & (tasks["trang_thai"] == "Hoàn thành đúng hạn"))
    share = pd.to_numeric(goals["thuc_hien_ky"]) / pd.to_numeric(goals["ke_hoach"]) * 100
    tell("SUM-02", goals, (pd.to_numeric(goals["ty_le"]) - share).abs() > 0.1)
    tell(
        "REQ-14",
        ideas,
        ideas["cap_cong_nhan"].notna() & (ideas["cap_cong_nhan"] != "Chưa công nhận") & ideas["so_quyet_dinh"].isna(),
    )
    del hard, papers
    return pd.DataFrame(found, columns=["rule", "file", "row"])


def figures(head: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The columns of TH01, TH04 and TH05, a row for each unit."""
    units = head.set_index("_unit")
    made = pd.DataFrame(index=units.index)
    for target, source in (
        ("tong_ccvcnld", "tong_ccvcnld"),
        ("duoc_trien_khai", "so_duoc_trien_khai"),
        ("tham_gia", "so_tham_gia"),
    ):
        made[target] = units[source]
    tasks, papers, ideas, gifts, fund, news = (tables[form] for form in ("S13", "S12", "S07", "S04", "S05", "S06"))
    done = tasks["trang_thai"].isin(["Hoàn thành đúng hạn", "Hoàn thành trễ hạn"])

    def count(frame: pd.DataFrame) -> pd.Series:
        return frame.groupby("_unit").size().reindex(made.index, fill_value=0)

    def total(frame: pd.DataFrame, column: str) -> pd.Series:
        return (
            frame.groupby("_unit")[column]
            .agg(lambda values: sum(values.dropna(), Decimal(0)))
            .reindex(made.index, fill_value=Decimal(0))
        )

    made["nv_giao"], made["nv_hoan_thanh"] = count(tasks), count(tasks[done])
    made["nv_dung_han"] = count(tasks[tasks["trang_thai"] == "Hoàn thành đúng hạn"])
    made["vb_trinh"] = count(papers[papers["trang_thai"] == "Đã trình"])
    made["vb_ban_hanh"] = count(papers[papers["trang_thai"] == "Đã ban hành"])
    made["sang_kien"] = count(ideas)
    made["tien"] = total(gifts[gifts["hinh_thuc"] == "Tiền mặt/chuyển khoản"], "tri_gia_dong")
    made["hien_vat"] = total(gifts[gifts["hinh_thuc"] == "Hiện vật"], "tri_gia_dong")
    made["cuoc"] = total(news[news["loai_tuyen_truyen"] == "Hội nghị, sinh hoạt"], "so_luong")
    single = fund["loai_doi_tuong"].isin(["Cá nhân", "Hộ gia đình"])
    made["so_nguoi"] = (
        fund[fund["loai_doi_tuong"] == "Cá nhân"].groupby("_unit")["ten"].nunique().reindex(made.index, fill_value=0)
    )
    made["tap_the"], made["ca_nhan"] = total(fund[~single], "so_tien"), total(fund[single], "so_tien")
    made["luot_nguoi"] = total(news, "so_luot")
    return made


def fill(template: Path, out: Path, made: pd.DataFrame, head: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> None:
    """The template's tables TH01 to TH05, filled at their named rows."""
    book = openpyxl.load_workbook(template)
    names = head.set_index("_unit")["ten_don_vi"]
    by_unit = made.reset_index().assign(don_vi=lambda frame: frame["_unit"].map(names))
    aid = tables["S03"].assign(don_vi=lambda frame: frame["_unit"].map(names))
    aid = aid.rename(
        columns={
            "so_ho_huong_loi": "ho",
            "so_ho_ngheo": "ho_ngheo",
            "so_nguoi": "nguoi",
            "so_luong_hien_vat": "so_luong",
            "dvt_hien_vat": "dvt",
        }
    )
    gifts = tables["S04"].assign(don_vi=lambda frame: frame["_unit"].map(names))
    gifts = gifts.rename(
        columns={"ten_nha_tai_tro": "ten", "don_vi_tinh": "dvt", "tri_gia_dong": "tri_gia", "ma_xa": "xa"}
    )
    for code, frame in (("TH01", by_unit), ("TH02", aid), ("TH03", gifts), ("TH04", by_unit), ("TH05", by_unit)):
        fill_table(book, code, frame)
    book.save(out)


def fill_table(book: openpyxl.Workbook, code: str, frame: pd.DataFrame) -> None:
    """One table: rows inserted below its data row, in its style; the sums of the total row as formulas."""

    def place(name: str) -> tuple[str, tuple[int, int, int, int]]:
        sheet, _, area = book.defined_names[f"{code}_{name}"].attr_text.partition("!")
        return sheet.strip("'"), range_boundaries(area.replace("$", ""))

    name, (left, row, right, _) = place("DATA")
    sheet = book[name]
    codes = {sheet.cell(place("MA_COT")[1][1], column).value: column for column in range(left, right + 1)}
    total = place("TONG")[1][1]
    more = max(len(frame) - 1, 0)
    merged = [area for area in sheet.merged_cells.ranges if area.min_row > row]
    for area in merged:
        sheet.unmerge_cells(str(area))
    heights = {number: sheet.row_dimensions[number].height for number in range(row, sheet.max_row + 1)}
    sheet.insert_rows(row + 1, more)
    for number, height in heights.items():
        if number > row:
            sheet.row_dimensions[number + more].height = height
    for area in merged:
        area.shift(row_shift=more)
        sheet.merge_cells(str(area))
    styles = [copy.copy(sheet.cell(row, column)._style) for column in range(left, right + 1)]
    written = [(column, frame[field].tolist()) for field, column in codes.items() if field in frame.columns]
    for index in range(len(frame)):
        for column, style in enumerate(styles, left):
            sheet.cell(row + index, column)._style = copy.copy(style)
        sheet.cell(row + index, codes["stt"]).value = index + 1
        for column, values in written:
            value = values[index]
            sheet.cell(row + index, column).value = None if value is pd.NaT or value != value else value
    for field, column in codes.items():
        if field in frame.columns and frame[field].map(lambda value: isinstance(value, (int, Decimal))).all():
            letter = get_column_letter(column)
            sheet.cell(total + more, column).value = f"=SUM({letter}{row}:{letter}{row + more})"


def main() -> None:
    folder, criteria, template, out, listing = map(Path, sys.argv[1:6])
    head, tables = read_round(folder, "--all-sheets" in sys.argv)
    found = check(head, tables, criteria, "2024-6T")
    made = figures(head, tables)
    fill(template, out, made, head, tables)
    print(f"{len(head)} files, {len(found)} findings {found['rule'].value_counts().to_dict()}")
    listed = {unit: {key: str(value) for key, value in row.items()} for unit, row in made.to_dict("index").items()}
    listing.write_text(json.dumps(listed), encoding="utf-8")


if __name__ == "__main__":
    main()
