"""Sums, counts, averages and orders over blocks, with and without criteria."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from decimal import Decimal

from thidua_xl.formula.arrays import Array, Operand, worst_of
from thidua_xl.formula.functions.signature import Argument, Function, block, is_number, single, whole
from thidua_xl.formula.lifting import per_row
from thidua_xl.formula.matching import count, keys_asked, select, tallies, totals
from thidua_xl.formula.operators import OPERATORS, multiply, worse
from thidua_xl.formula.values import BAD, DIV0, ENGINE, NA, NUM, VALUE, Bad, Number, at_fifteen, plain, to_number
from thidua_xl.model import Invalid, Value

Run = Callable[[Sequence[Argument], Sequence[bool]], Argument]


def numbers_of(arguments: Sequence[Argument], references: Sequence[bool]) -> list[Number] | Bad:
    """The numbers that SUM sees: those in cells, and arguments that can be taken as numbers."""
    found: list[Number] = []
    worst: Bad | None = None
    for argument, reference in zip(arguments, references, strict=True):
        if isinstance(argument, Array):
            numbers = block_numbers(argument)
            if isinstance(numbers, BAD):
                worst = numbers if worst is None else worse(worst, numbers)
            else:
                found += numbers
        elif isinstance(argument, BAD):
            worst = argument if worst is None else worse(worst, argument)
        elif reference:
            if isinstance(argument, (int, Decimal)) and not isinstance(argument, bool):
                found.append(argument)
        else:
            number = to_number(argument)
            if isinstance(number, BAD):
                worst = number if worst is None else worse(worst, number)
            else:
                found.append(number)
    return found if worst is None else worst


def block_numbers(array: Array) -> list[Number] | Bad:
    """The numbers in a block, without text, truth values and blanks; what is bad in it when something is."""

    def make() -> list[Number] | Bad:
        worst = array.worst
        if worst is not None:
            return worst
        return [value for value in array.cells if isinstance(value, (int, Decimal)) and not isinstance(value, bool)]

    return array.remember("numbers", make)


def total(numbers: Sequence[Number]) -> Number:
    """The exact sum."""
    result = sum(numbers)
    return plain(result) if isinstance(result, Decimal) else result


def _reduce(combine: Callable[[list[Number]], Value]) -> Run:
    """A function of all numbers; over a single block it is worked out once and kept with it."""

    def run(arguments: Sequence[Argument], references: Sequence[bool]) -> Argument:
        def make() -> Value:
            numbers = numbers_of(arguments, references)
            return numbers if isinstance(numbers, BAD) else combine(numbers)

        first = arguments[0]
        return first.remember(combine, make) if len(arguments) == 1 and isinstance(first, Array) else make()

    return run


def _sum(arguments: Sequence[Argument], references: Sequence[bool]) -> Value:
    # A column inside SUM(column, [@x]) is added up once, not for every row.
    short: list[Argument] = []
    for argument in arguments:
        if isinstance(argument, Array):
            numbers = block_numbers(argument)
            short.append(numbers if isinstance(numbers, BAD) else _block_total(argument, numbers))
        else:
            short.append(argument)
    numbers = numbers_of(short, references)
    return numbers if isinstance(numbers, BAD) else total(numbers)


def _block_total(array: Array, numbers: list[Number]) -> Number:
    return array.remember("total", lambda: total(numbers))


def _block_count(array: Array) -> int:
    return array.remember("count", lambda: sum(map(is_number, array.cells)))


def _block_filled(array: Array) -> int:
    return array.remember("filled", lambda: sum(value is not None for value in array.cells))


def average(numbers: list[Number]) -> Value:
    """The mean, #DIV/0! of nothing."""
    return plain(ENGINE.divide(Decimal(total(numbers)), Decimal(len(numbers)))) if numbers else DIV0


def _product(numbers: list[Number]) -> Value:
    result: Value = 1 if numbers else 0
    for number in numbers:
        result = multiply(result, number)
    return result


def _median(numbers: list[Number]) -> Value:
    if not numbers:
        return NUM
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else average(ordered[middle - 1 : middle + 1])


def _mode(numbers: list[Number]) -> Value:
    times: dict[Number, int] = {}
    for number in numbers:
        key = at_fifteen(number)
        times[key] = times.get(key, 0) + 1
    most = max(times.values(), default=0)
    return next(key for key, many in times.items() if many == most) if most > 1 else NA


def _variance(sample: bool, root: bool) -> Callable[[list[Number]], Value]:
    def run(numbers: list[Number]) -> Value:
        degrees = len(numbers) - (1 if sample else 0)
        if degrees < 1:
            return DIV0
        mean = ENGINE.divide(Decimal(total(numbers)), Decimal(len(numbers)))
        spread = sum(((Decimal(number) - mean) ** 2 for number in numbers), Decimal(0))
        variance = ENGINE.divide(spread, Decimal(degrees))
        return plain(ENGINE.sqrt(variance) if root else variance)

    return run


def _count(arguments: Sequence[Argument], references: Sequence[bool]) -> Value:
    number = 0
    for argument, reference in zip(arguments, references, strict=True):
        if isinstance(argument, Array):
            if argument.invalid is not None:
                return argument.invalid
            number += _block_count(argument)
        elif isinstance(argument, Invalid):
            return argument
        elif is_number(argument) or (not reference and not isinstance(to_number(argument), BAD)):
            number += 1
    return number


def _count_filled(arguments: Sequence[Argument], references: Sequence[bool]) -> Value:
    """COUNTA: blank cells do not count, arguments that were left out do."""
    number = 0
    for argument, reference in zip(arguments, references, strict=True):
        if isinstance(argument, Array):
            if argument.invalid is not None:
                return argument.invalid
            number += _block_filled(argument)
        elif isinstance(argument, Invalid):
            return argument
        else:
            number += not reference or argument is not None
    return number


def _count_blank(arguments: Sequence[Argument], _: Sequence[bool]) -> Value:
    array = block(arguments[0])
    return array.invalid or sum(value is None or value == "" for value in array.cells)


def _place(smallest: bool) -> Run:
    def run(arguments: Sequence[Argument], references: Sequence[bool]) -> Value:
        numbers = numbers_of(arguments[:1], references[:1])
        place = to_number(single(arguments[1]))
        if isinstance(numbers, BAD) or isinstance(place, BAD):
            return worse(numbers if isinstance(numbers, BAD) else None, place)
        rank = int(place)
        if not 1 <= rank <= len(numbers):
            return NUM
        ordered = sorted(numbers)
        return ordered[rank - 1] if smallest else ordered[-rank]

    return run


def _share_point(parts: int) -> Run:
    """PERCENTILE (`parts` 1: the share itself) and QUARTILE (`parts` 4: how many fourths)."""

    def run(arguments: Sequence[Argument], references: Sequence[bool]) -> Value:
        numbers = numbers_of(arguments[:1], references[:1])
        asked = to_number(single(arguments[1]))
        if isinstance(numbers, BAD):
            return numbers
        if isinstance(asked, BAD):
            return asked
        share = ENGINE.divide(Decimal(int(asked) if parts > 1 else asked), Decimal(parts))
        if not numbers or not 0 <= share <= 1:
            return NUM
        ordered = sorted(numbers)
        place = share * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        return plain(ordered[low] + (place - low) * (ordered[high] - ordered[low]))

    return run


def _sum_of_squares(numbers: list[Number]) -> Value:
    result: Value = 0
    for number in numbers:
        result = OPERATORS["+"](result, multiply(number, number))
    return result


def _rank(arguments: Sequence[Argument], references: Sequence[bool]) -> Value:
    number = to_number(single(arguments[0]))
    numbers = numbers_of(arguments[1:2], references[1:2])
    ascending = to_number(single(arguments[2])) if len(arguments) > 2 else 0
    for value in (number, numbers, ascending):
        if isinstance(value, BAD):
            return value
    array = block(arguments[1])
    sign = "<" if ascending else ">"
    wanted = at_fifteen(number)  # type: ignore[arg-type]  # bad values were returned above
    if not count([array], [wanted]):
        return NA
    return count([array], [f"{sign}{wanted}"]) + 1


# With criteria -------------------------------------------------------------------------------------------------


def _countif(arguments: Sequence[Argument], _: Sequence[bool]) -> Value:
    ranges = [block(one) for one in arguments[::2]]
    criteria = [single(one) for one in arguments[1::2]]
    return _bad_ranges(ranges, criteria) or _remember("count", ranges, criteria, lambda: count(ranges, criteria))


def _sumif(combine: Callable[[list[Number]], Value]) -> Run:
    """SUMIF, AVERAGEIF: range, criterion, and the range to add up when it is another."""

    def run(arguments: Sequence[Argument], _: Sequence[bool]) -> Value:
        target = block(arguments[2] if len(arguments) > 2 else arguments[0])
        return _combine_selected(target, [block(arguments[0])], [single(arguments[1])], combine, same_size=False)

    return run


def _sumifs(combine: Callable[[list[Number]], Value]) -> Run:
    """SUMIFS, AVERAGEIFS, MINIFS, MAXIFS: the range to combine comes first."""

    def run(arguments: Sequence[Argument], _: Sequence[bool]) -> Value:
        ranges = [block(one) for one in arguments[1::2]]
        criteria = [single(one) for one in arguments[2::2]]
        return _combine_selected(block(arguments[0]), ranges, criteria, combine, same_size=True)

    return run


def _combine_selected(
    target: Array,
    ranges: list[Array],
    criteria: list[Value],
    combine: Callable[[list[Number]], Value],
    same_size: bool,
) -> Value:
    bad = target.invalid or _bad_ranges([*ranges, target] if same_size else ranges, criteria)
    if bad is not None:
        return bad

    def make() -> Value:
        cells, size = target.cells, len(target)
        chosen = [cells[place] for place in select(ranges, criteria) if place < size]
        worst = worst_of(chosen) if target.worst is not None else None
        if worst is not None:
            return worst
        return combine([value for value in chosen if isinstance(value, (int, Decimal)) and not isinstance(value, bool)])

    return _remember(combine, [*ranges, target], criteria, make)


def _count_rows(operands: Sequence[Operand], height: int) -> list[Value] | None:
    """COUNTIF, COUNTIFS for all rows at once where the criteria are plain equalities."""
    asked = _asked(operands[::2], operands[1::2], height)
    if asked is None:
        return None
    ranges, keys = asked
    known = tallies(ranges)
    return [
        known.get(key, 0) if key is not None else _countif(one, ())
        for key, one in zip(keys, zip(*per_row(operands), strict=True), strict=True)
    ]


def _sum_rows(first: int, last: bool) -> Callable[[Sequence[Operand], int], list[Value] | None]:
    """SUMIF (`last`: the range to add up comes last) and SUMIFS for all rows at once."""

    def over_rows(operands: Sequence[Operand], height: int) -> list[Value] | None:
        target = operands[2 if last and len(operands) > 2 else 0]
        asked = _asked(operands[first : 2 if last else None : 2], operands[first + 1 : 2 if last else None : 2], height)
        if asked is None or not isinstance(target, Array) or target.worst is not None:
            return None
        ranges, keys = asked
        if target.height != ranges[0].height or target.width != ranges[0].width:
            return None
        known = totals(ranges, target)
        slow = _sumif(total) if last else _sumifs(total)
        return [
            known.get(key, 0) if key is not None else slow(one, ())  # type: ignore[misc]  # gives one value
            for key, one in zip(keys, zip(*per_row(operands), strict=True), strict=True)
        ]

    return over_rows


def _asked(
    ranges: Sequence[Operand], criteria: Sequence[Operand], height: int
) -> tuple[list[Array], Sequence[Hashable | None]] | None:
    """The ranges and the key each row asks for; None when a range or a criterion is out of the ordinary."""
    blocks = [one for one in ranges if isinstance(one, Array)]
    if len(blocks) < len(ranges) or _bad_ranges(blocks, ()) is not None:
        return None
    lists = [keys_asked(array, wanted, height) for array, wanted in zip(blocks, criteria, strict=True)]
    sound = [keys for keys in lists if keys is not None]
    if len(sound) < len(lists):
        return None
    if len(sound) == 1:
        return blocks, sound[0]
    return blocks, [None if None in keys else keys for keys in zip(*sound, strict=True)]


def _bad_ranges(ranges: Sequence[Array], criteria: Sequence[Value]) -> Bad | None:
    for value in criteria:
        if isinstance(value, Invalid):
            return value
    for array in ranges:
        if array.invalid is not None:
            return array.invalid
        if array.height != ranges[0].height or array.width != ranges[0].width:
            return VALUE
    return None


def _remember(what: Hashable, ranges: list[Array], criteria: list[Value], make: Callable[[], Value]) -> Value:
    """The result kept with the first range: rows that ask the same are answered once.

    The ranges are kept beside it, so that their ids cannot come to mean other blocks.
    """
    key = (what, tuple(map(id, ranges[1:])), tuple((type(value), value) for value in criteria))
    return ranges[0].remember(key, lambda: (make(), ranges))[0]


def _sumproduct(arguments: Sequence[Argument], _: Sequence[bool]) -> Value:
    blocks = [block(one) for one in arguments]
    worst: Bad | None = None
    for array in blocks:
        if array.worst is not None:
            worst = array.worst if worst is None else worse(worst, array.worst)
    if worst is not None:
        return worst
    if any(array.height != blocks[0].height or array.width != blocks[0].width for array in blocks):
        return VALUE
    result: Value = 0
    add = OPERATORS["+"]
    for values in zip(*(array.cells for array in blocks), strict=True):
        product: Value = 1
        for value in values:
            # Text and truth values count as 0: SUMPRODUCT(a>3) is 0, SUMPRODUCT((a>3)*1) is not.
            product = multiply(product, value) if is_number(value) else 0
        result = add(result, product)
    return result


def _subtotal(arguments: Sequence[Argument], references: Sequence[bool]) -> Argument:
    code = to_number(single(arguments[0]))
    if isinstance(code, BAD):
        return code
    run = _SUBTOTALS.get(int(code) % 100 if 101 <= code <= 111 else int(code))
    return VALUE if run is None else run(arguments[1:], references[1:])


def _least(numbers: list[Number]) -> Value:
    return min(numbers, default=0)


def _greatest(numbers: list[Number]) -> Value:
    return max(numbers, default=0)


_SUBTOTALS: dict[int, Run] = {
    1: _reduce(average),
    2: _count,
    3: _count_filled,
    4: _reduce(_greatest),
    5: _reduce(_least),
    6: _reduce(_product),
    7: _reduce(_variance(sample=True, root=True)),
    8: _reduce(_variance(sample=False, root=True)),
    9: _sum,
    10: _reduce(_variance(sample=True, root=False)),
    11: _reduce(_variance(sample=False, root=False)),
}

# Where the criteria stand in COUNTIFS(range, criterion, ...) and in SUMIFS(sum, range, criterion, ...).
_CRITERIA = range(1, 255, 2)
_CRITERIA_AFTER = range(2, 255, 2)

FUNCTIONS: dict[str, Function] = {
    "SUM": whole(_sum, 1),
    "PRODUCT": whole(_reduce(_product), 1),
    "AVERAGE": whole(_reduce(average), 1),
    "MIN": whole(_reduce(_least), 1),
    "MAX": whole(_reduce(_greatest), 1),
    "MEDIAN": whole(_reduce(_median), 1),
    "MODE": whole(_reduce(_mode), 1),
    "MODE.SNGL": whole(_reduce(_mode), 1),
    "STDEV": whole(_reduce(_variance(sample=True, root=True)), 1),
    "STDEV.S": whole(_reduce(_variance(sample=True, root=True)), 1),
    "STDEV.P": whole(_reduce(_variance(sample=False, root=True)), 1),
    "VAR": whole(_reduce(_variance(sample=True, root=False)), 1),
    "VAR.S": whole(_reduce(_variance(sample=True, root=False)), 1),
    "VAR.P": whole(_reduce(_variance(sample=False, root=False)), 1),
    "COUNT": whole(_count, 1),
    "COUNTA": whole(_count_filled, 1),
    "COUNTBLANK": whole(_count_blank, 1, 1),
    "LARGE": whole(_place(smallest=False), 2, 2, values=(1,)),
    "SMALL": whole(_place(smallest=True), 2, 2, values=(1,)),
    "PERCENTILE": whole(_share_point(1), 2, 2, values=(1,)),
    "PERCENTILE.INC": whole(_share_point(1), 2, 2, values=(1,)),
    "QUARTILE": whole(_share_point(4), 2, 2, values=(1,)),
    "QUARTILE.INC": whole(_share_point(4), 2, 2, values=(1,)),
    "SUMSQ": whole(_reduce(_sum_of_squares), 1),
    "RANK": whole(_rank, 2, 3, values=(0,)),
    "RANK.EQ": whole(_rank, 2, 3, values=(0,)),
    "COUNTIF": whole(_countif, 2, 2, values=(1,), over_rows=_count_rows),
    "COUNTIFS": whole(_countif, 2, step=2, values=_CRITERIA, over_rows=_count_rows),
    "SUMIF": whole(_sumif(total), 2, 3, values=(1,), over_rows=_sum_rows(0, last=True)),
    "SUMIFS": whole(_sumifs(total), 3, step=2, values=_CRITERIA_AFTER, over_rows=_sum_rows(1, last=False)),
    "AVERAGEIF": whole(_sumif(average), 2, 3, values=(1,)),
    "AVERAGEIFS": whole(_sumifs(average), 3, step=2, values=_CRITERIA_AFTER),
    "MINIFS": whole(_sumifs(_least), 3, step=2, values=_CRITERIA_AFTER),
    "MAXIFS": whole(_sumifs(_greatest), 3, step=2, values=_CRITERIA_AFTER),
    "SUMPRODUCT": whole(_sumproduct, 1),
    "SUBTOTAL": whole(_subtotal, 2),
}
