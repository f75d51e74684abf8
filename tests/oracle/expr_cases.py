"""Draws random expressions and columns and writes what DuckDB makes of them, for scorer/expr/tests/oracle.rs.

    python expr_cases.py --seed 1 --cases 20000 > cases.jsonl
    EXPR_CASES=cases.jsonl cargo test -p scoring-expr --test oracle

Needs `duckdb` 2.0. Every line is JSON: {"frame": [column, …]} puts columns in scope for the lines after it, {"expr": …} is a case over
them: its SQL type and a value per row, or how DuckDB refuses. Values are texts (numbers of days and microseconds for dates and
timestamps), null is null, {"error": …} a row that fails. The subset's deviations (scorer/expr/src/lib.rs) are not drawn.
"""

import argparse
import json
import math
import random
import re
import struct
import sys

import duckdb

ROWS = 6
INTEGERS = {"i8": (8, True), "i16": (16, True), "i32": (32, True), "i64": (64, True),
            "u8": (8, False), "u16": (16, False), "u32": (32, False), "u64": (64, False)}
SQL = {"b": "BOOLEAN", "i8": "TINYINT", "i16": "SMALLINT", "i32": "INTEGER", "i64": "BIGINT", "u8": "UTINYINT",
       "u16": "USMALLINT", "u32": "UINTEGER", "u64": "UBIGINT", "f32": "FLOAT", "f64": "DOUBLE", "s": "VARCHAR",
       "large": "VARCHAR", "view": "VARCHAR", "dict8": "VARCHAR", "dict32": "VARCHAR", "num": "VARCHAR", "day": "VARCHAR", "dt": "DATE",
       "dt2": "DATE", "ts_s": "TIMESTAMP", "ts_ms": "TIMESTAMP", "ts": "TIMESTAMP", "ts_ns": "TIMESTAMP",
       "tz": "TIMESTAMPTZ", "dec": "DECIMAL(9,2)"}
ARROW = {"b": "bool", "f32": "float32", "f64": "float64", "s": "utf8", "large": "large_utf8", "view": "utf8_view",
         "dict8": "dictionary8", "dict32": "dictionary32", "num": "utf8", "day": "utf8", "dt": "date32", "dt2": "date32", "ts_s": "timestamp_s",
         "ts_ms": "timestamp_ms", "ts": "timestamp_us", "ts_ns": "timestamp_ns", "tz": "timestamp_tz", "dec": "decimal",
         "n": "null"}
UNIT = {"ts_s": 1_000_000, "ts_ms": 1000, "ts": 1, "ts_ns": 1, "tz": 1}
TEXTS = ["", "a", "b", "ab", "abc", "A", "aB%c", "a_c", "héllo", "ÀßẞİΣ", "ǰﬁ", "日本語", "x y", "  pad ", "xxaxx", "a,b,c", ",", "a-b--c", "true", "43_151",
         "The quick brown fox", "\\", "%", "_", "'", '"', "\t tab"]
NUMERALS = ["0", "1", "-1", "7", "42", "127", "128", "-128", "255", "256", "65536", "2147483647", "2147483648", "-2147483649",
            "9223372036854775807", "9223372036854775808", "18446744073709551615", "1.5", "2.5", "-0.5", "0.49", "1e3", "1e-1", "5e-1", "25e-1", " 12 ", "+5",
            "1_000", "0x1F", "0b101", "12a", "", "1.", ".5", ".", "nan", "inf", "-Infinity", "1e400", "1e-400", "1e40", "true", "false", "t", "yes", "no",
            "TRUE", "on", "0.1", "-", "1__0", "1e", "--1", "99999999999999999999", "0.30000000000000004", "\t3", "1 2", "127.5", "-128.5", "1e18", "123456789.987654321"]
DAYS = ["2021-02-03", "2021-1-2", "2021/01/02", "1970-01-01", "2020-02-29", "2021-02-29", "2021-02-03 04:05:06", "2021-02-03T04:05:06.789Z", "0001-01-01",
        "9999-12-31", "-0001-01-02", "12021-01-02", "2021-01", "20210102", " 2021-01-02 ", "2021-01-02x", "epoch", "2021-13-01", "2021-00-01",
        "2021-01-02 24:00:00", "2021-01-02 23:60:00", "2021-01-02 3:4", "2021-01-02 03:04:05.1234567", "1969-12-31 23:59:59.5",
        "2021-01-02 03:04:05+00", "2021-01-02 03:04:05+02:30", "2021-01-02 (BC)", "x", "", "2021 01 02", "2021-001-02", "2021-01-02 03", "2021-01-02 03:04:05."]


def float32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


class Draw:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, *choices):
        return self.random.choice(choices)

    def chance(self, part):
        return self.random.random() < part

    # --- columns -----------------------------------------------------------------------------------------------------------

    def integer(self, bits, signed):
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        value = self.pick(low, high, low + 1, high - 1, 0, 1, 2, 3, self.random.randint(0, 100), self.random.randint(-100, 100),
                          self.random.randint(low, high), self.random.randint(0, 12), self.random.randint(-5, 5))
        return min(max(value, low), high)

    def double(self):
        return self.pick(0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 0.1, 2.345, 1e-5, 1e-7, 1e15, 1e16, 123456789.125, 1e20, -1e300, math.inf, -math.inf,
                         math.nan, 127.5, -128.5, 255.4, 2147483647.5, 9.3e18, 5e-324, self.random.uniform(-100, 100),
                         self.random.uniform(0, 1), float(self.random.randint(-1000, 1000)), round(self.random.uniform(-100, 100), 2),
                         self.random.uniform(-1e10, 1e10))

    def days(self):
        return self.pick(0, -1, 18661, 18627, 18628, 11016, self.random.randint(10000, 20000), self.random.randint(18000, 19000), self.random.randint(-800000, 3000000), -719162)

    def micros(self):
        day = self.days() if self.chance(0.3) else self.random.randint(18600, 18700)
        clock = self.pick(0, 1, 86_399_999_999, 43_200_000_000, self.random.randrange(86_400_000_000), self.random.randrange(86_400) * 1_000_000)
        return day * 86_400_000_000 + clock

    def value(self, name):
        if name in INTEGERS:
            return self.integer(*INTEGERS[name])
        if name in UNIT:
            micros = self.micros()
            if name == "ts_ns" and abs(micros) > 9_200_000_000_000_000:  # nanoseconds end in 2262
                micros %= 1_000_000_000_000_000
            if name == "tz":  # after year 1, before which ICU counts years of another era
                micros = max(micros, -60_000_000_000_000_000)
            return micros // UNIT[name] * UNIT[name]
        return {"b": lambda: self.chance(0.5), "f32": lambda: float32(self.clamped()), "f64": self.double, "dt": self.days, "dt2": self.days,
                "num": lambda: self.pick(*NUMERALS), "day": lambda: self.pick(*DAYS),
                "dec": lambda: self.random.randint(-10**9 + 1, 10**9 - 1) if self.chance(0.5) else self.random.randint(-1000, 1000)
                }.get(name, lambda: self.pick(*TEXTS))()

    def clamped(self):
        value = self.double()
        return value if math.isinf(value) or math.isnan(value) else max(min(value, 3e38), -3e38)

    def frame(self):
        return {name: [None if self.chance(0.15) else self.value(name) for _ in range(ROWS)] for name in SQL}

    # --- expressions -------------------------------------------------------------------------------------------------------

    def literal_text(self, pool):
        return "'" + self.pick(*pool).replace("'", "''") + "'"

    def wrap(self, text):
        return f"({text})"

    def small(self):
        return self.pick("0", "1", "2", "3", "-1", "-2", "5", "10", "u8 % 5", "i8 % 4")

    def branch(self, kind, depth):
        """Forms that every type has."""
        one, two = kind(depth), kind(depth)
        return self.pick(f"CASE WHEN {self.truth(depth)} THEN {one} ELSE {two} END", f"CASE WHEN {self.truth(depth)} THEN {one} END",
                         f"CASE {self.number(depth)} WHEN {self.number(depth)} THEN {one} WHEN {self.number(0)} THEN {two} ELSE {kind(0)} END",
                         f"coalesce({one}, {two})", f"ifnull({one}, {two})", f"nullif({one}, {two})", f"if({self.truth(depth)}, {one}, {two})",
                         f"({one})", f"coalesce(NULL, {one})", *([] if kind == self.interval else [f"greatest({one}, {two}, {kind(0)})", f"least({one}, {two})", f"greatest({one})"]))

    def integer_literal(self):
        return self.pick("0", "1", "2", "3", "7", "10", "100", "127", "128", "200", "255", "256", "-1", "-128", "1000", "40000", "70000", "2147483647",
                         "2147483648", "-2147483648", "3000000000", "9223372036854775807", "1_000")

    def number(self, depth):
        if depth <= 0 or self.chance(0.1):
            return self.pick(*INTEGERS, "f32", "f64", "i32", "i64", "i8", "u8", "f64", self.integer_literal(), self.integer_literal(), "1.5e0", "0.1e0", "1e3", "2.5e-3")
        d = depth - 1
        n = lambda: self.number(d)
        op = self.pick("+", "-", "*", "/", "//", "%")
        choices = [
            lambda: f"{self.wrap(n())} {op} {self.wrap(n())}", lambda: f"{self.wrap(n())} {op} {self.wrap(n())}",
            lambda: f"{self.number(0)} {self.pick('+', '-', '*', '/', '//', '%')} {self.number(0)} {op} {self.number(0)}".replace("- -", "+ ").replace("% -", "% ").replace("* -", "* ").replace("/ -", "/ ").replace("+ -", "+ "),
            lambda: f"-({n()})", lambda: f"+({n()})", lambda: f"-{self.pick('i8', 'i64', 'f64', 'u8')}",
            lambda: f"{self.pick('abs', 'sign', 'round', 'trunc', 'ceil', 'floor', 'ceiling')}({n()})",
            lambda: f"{self.pick('round', 'trunc')}({n()}, {self.pick('0', '1', '2', '-1', '-2', '3', '-20', '20', 'i8', '-400', '400')})",
            lambda: f"sqrt({n()})", lambda: f"mod({n()}, {n()})", lambda: f"{self.pick('gcd', 'lcm')}({n()}, {n()})",
            lambda: self.branch(self.number, d), lambda: self.branch(self.number, d),
            lambda: self.cast(n(), self.pick("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE", "HUGEINT", "INT", "REAL", "INT8")),
            lambda: f"TRY_CAST({self.literal_text(['7', '1.5', ' 1e2 ', '0x1F'])} AS {self.pick('TINYINT', 'INTEGER', 'UBIGINT', 'DOUBLE', 'FLOAT')})",
            lambda: self.cast(self.pick("num", "b", "s", "dec", self.truth(d)), self.pick("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "UBIGINT", "FLOAT", "DOUBLE", "HUGEINT")),
            lambda: f"{self.pick('length', 'strlen', 'len', 'char_length', 'ascii')}({self.text(d)})",
            lambda: f"{self.pick('strpos', 'instr')}({self.text(d)}, {self.text(d)})", lambda: f"position({self.text(0)} IN {self.text(d)})",
            lambda: f"{self.date(d)} - {self.date(d)}",
            lambda: f"{self.pick('year', 'month', 'day', 'hour', 'minute', 'second', 'quarter', 'week', 'weekofyear', 'dayofweek', 'isodow', 'dayofyear', 'weekday', 'isoyear', 'millisecond', 'microsecond', 'dayofmonth', 'epoch', 'epoch_us')}({self.time(d)})",
            lambda: f"{self.pick('date_part', 'datepart')}('{self.part()}', {self.time(d)})", lambda: f"extract({self.pick('year', 'hour', 'epoch', 'dow', 'doy', 'isodow', 'week', 'minute')} FROM {self.time(d)})",
            lambda: f"date_part('{self.pick('epoch', 'day', 'hour', 'minute', 'second', 'year', 'month', 'quarter', 'millisecond', 'microsecond', 'decade', 'century', 'millennium')}', {self.interval(d)})",
            lambda: f"epoch({self.interval(d)})", lambda: f"date_part('epoch', {self.timestamp(d)} - {self.timestamp(d)}) / 60",
            lambda: f"{self.pick('date_diff', 'datediff')}('{self.part()}', {self.plain_time(d)}, {self.plain_time(d)})".replace("'epoch'", "'second'"),
        ]
        return self.random.choice(choices)()

    def part(self):
        return self.pick("year", "month", "day", "hour", "minute", "second", "millisecond", "microsecond", "quarter", "decade", "century", "millennium", "dow",
                         "isodow", "doy", "week", "isoyear", "epoch", "YEAR", "hours", "yr", "ms", "us", "weekday", "dayofyear")

    def cast(self, value, to):
        return self.pick(f"CAST({value} AS {to})", f"({value})::{to}", f"TRY_CAST({value} AS {to})", f"TRY_CAST({value} AS {to})")

    def text(self, depth):
        if depth <= 0 or self.chance(0.1):
            return self.pick("s", "large", "view", "dict8", "dict32", "num", "s", "s", "day", self.literal_text(TEXTS), self.literal_text(TEXTS))
        d = depth - 1
        t = lambda: self.text(d)
        choices = [
            lambda: f"{self.pick('lower', 'upper', 'lcase', 'ucase', 'trim', 'ltrim', 'rtrim')}({t()})",
            lambda: f"{self.pick('trim', 'ltrim', 'rtrim')}({t()}, {self.text(0)})",
            lambda: f"trim({self.pick('BOTH', 'LEADING', 'TRAILING')} {self.literal_text(['a', 'x', ' x', ''])} FROM {t()})",
            lambda: f"{self.pick('substring', 'substr')}({t()}, {self.small()}, {self.small()})", lambda: f"{self.pick('substring', 'substr')}({t()}, {self.small()})",
            lambda: f"substring({t()} FROM {self.pick('1', '2', '-2')} FOR {self.pick('1', '2', '3')})",
            lambda: f"{self.pick('left', 'right')}({t()}, {self.small()})", lambda: f"replace({t()}, {self.text(0)}, {self.text(0)})",
            lambda: f"translate({t()}, {self.text(0)}, {self.text(0)})", lambda: f"{self.pick('lpad', 'rpad')}({t()}, {self.small()}, {self.text(0)})",
            lambda: f"repeat({t()}, {self.small()})", lambda: f"split_part({t()}, {self.literal_text([',', '-', '', 'a', '--'])}, {self.small()})",
            lambda: f"concat({self.any(d)}, {self.any(d)}, {self.any(0)})", lambda: f"concat({self.any(d)})", lambda: f"{self.wrap(self.any(d))} || {self.wrap(t())}", lambda: f"{t()} || {self.wrap(self.any(d))} || '!'",
            lambda: f"concat_ws({t()}, {self.any(d)}, {self.any(0)}, {t()})", lambda: "concat(u16, '_', i32)", lambda: "concat(u16, '_', i32)",
            lambda: f"reverse({self.pick('num', 'day', self.literal_text(NUMERALS))})", lambda: f"CAST({self.any(d)} AS {self.pick('VARCHAR', 'TEXT', 'STRING')})", lambda: f"({self.any(d)})::VARCHAR",
            lambda: self.branch(self.text, d), lambda: f"{self.pick('dayname', 'monthname')}({self.time(d)})",
            lambda: f"strftime({self.plain_time(d)}, '{self.format()}')", lambda: f"strftime('{self.format()}', {self.plain_time(d)})",
        ]
        return self.random.choice(choices)()

    def format(self):
        return " ".join(self.pick("%Y", "%y", "%m", "%d", "%j", "%H", "%I", "%M", "%S", "%f", "%g", "%p", "%a", "%A", "%b", "%B", "%u", "%w", "%U", "%W", "%V",
                                  "%G", "%x", "%X", "%c", "%%", "%-d", "%-m", "%-H", "%-I", "%-M", "%-S", "%-j", "%-y", "text", "é") for _ in range(3))

    def date(self, depth):
        if depth <= 0 or self.chance(0.1):
            return self.pick("dt", "dt2", "dt", "DATE '2021-02-03'", "DATE '1969-12-31'")
        d = depth - 1
        choices = [
            lambda: f"{self.date(d)} {self.pick('+', '-')} {self.pick('1', 'i8', 'u8', 'i16', '(i32 % 1000000)', '30')}", lambda: f"{self.pick('1', 'i8')} + {self.date(d)}",
            lambda: f"make_date({self.pick('2021', 'i16', 'u16')}, {self.pick('2', 'u8 % 14', 'i8 % 13')}, {self.pick('3', '29', '31', 'u8 % 33')})",
            lambda: f"last_day({self.time(d)})", lambda: self.cast(self.pick("day", self.timestamp(d), "tz"), "DATE"), lambda: f"TRY_CAST({self.literal_text(DAYS[:3])} AS DATE)", lambda: self.branch(self.date, d),
        ]
        return self.wrap(self.random.choice(choices)())

    def timestamp(self, depth):
        if depth <= 0 or self.chance(0.1):
            return self.pick("ts", "ts_s", "ts_ms", "ts_ns", "ts", "TIMESTAMP '2021-02-03 04:05:06.789'", "TIMESTAMP '1969-12-31 23:59:59.5'")
        d = depth - 1
        choices = [
            lambda: f"{self.timestamp(d)} {self.pick('+', '-')} {self.interval(d)}", lambda: f"{self.interval(d)} + {self.plain_time(d)}", lambda: f"{self.date(d)} {self.pick('+', '-')} {self.interval(d)}",
            lambda: f"date_trunc('{self.part()}', {self.plain_time(d)})", lambda: f"date_add({self.plain_time(d)}, {self.interval(d)})",
            lambda: f"make_timestamp({self.pick('2021', 'i16')}, {self.pick('2', 'u8 % 14')}, {self.pick('3', 'u8 % 33')}, {self.pick('4', 'u8 % 26')}, {self.pick('5', 'u8 % 62')}, {self.pick('6', '6.5e0', 'u8 % 62', 'f64', '59.9999999e0')})",
            lambda: f"make_timestamp({self.pick('0', 'i32', '1612325106789000')})", lambda: self.cast(self.pick("day", self.date(d), "tz"), self.pick("TIMESTAMP", "DATETIME")), lambda: f"TRY_CAST({self.literal_text(DAYS[:3])} AS TIMESTAMP)", lambda: self.branch(self.timestamp, d),
        ]
        return self.wrap(self.random.choice(choices)())

    def plain_time(self, depth):
        return self.date(depth) if self.chance(0.4) else self.timestamp(depth)

    def time(self, depth):
        return self.pick("tz", "tz + INTERVAL 1 DAY", "date_trunc('day', tz)") if self.chance(0.15) else self.plain_time(depth)

    def interval(self, depth):
        if depth <= 0 or self.chance(0.2):
            return self.pick("INTERVAL 1 DAY", "INTERVAL '1' MONTH", "INTERVAL '1 year 2 months 3 days 04:05:06.5'", "INTERVAL '90 minutes'", "INTERVAL (u8) HOUR", "INTERVAL '-3 days'",
                             "INTERVAL (i8) MONTH", "to_days(u8)", "to_seconds(i32)", "INTERVAL 25 MONTHS", "to_weeks(i8)", "to_years(i8)", "INTERVAL '2 days ago'", "INTERVAL 7 SECONDS", "to_milliseconds(i32)", "to_microseconds(i64)")
        d = depth - 1
        choices = [
            lambda: f"{self.timestamp(d)} - {self.timestamp(d)}", lambda: f"{self.timestamp(d)} - {self.timestamp(d)}", lambda: f"{self.timestamp(d)} - {self.date(d)}", lambda: f"{self.interval(d)} {self.pick('+', '-')} {self.interval(d)}",
            lambda: f"{self.interval(d)} * {self.pick('2', 'i8', 'u8', '-3')}", lambda: f"{self.pick('2', 'i8')} * {self.interval(d)}", lambda: f"-({self.interval(d)})", lambda: self.branch(self.interval, d),
        ]
        return self.wrap(self.random.choice(choices)())

    def truth(self, depth):
        if depth <= 0 or self.chance(0.1):
            return self.pick("b", "b", "b", "true", "false", "i8 > 0", "s = 'a'", "f64 < 1")
        d = depth - 1
        compare = lambda: self.pick("=", "<>", "!=", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM")
        pair = self.pick(self.number, self.number, self.number, self.text, self.date, self.timestamp, self.plain_time, self.interval, self.truth)
        negated = self.pick("", "", "NOT ")
        patterns = ["%", "a%", "%b", "_", "a_c", "%a%", "A%", "", "aB\\%c", "__", "%é%", "ÀSS%", "%_%", "a%c"]
        choices = [
            lambda: f"{self.wrap(pair(d))} {compare()} {self.wrap(pair(d))}", lambda: f"{self.wrap(pair(d))} {compare()} {self.wrap(pair(d))}",
            lambda: f"dt {compare()} '2021-02-03'", lambda: f"ts {compare()} '2021-02-03 04:05:06'", lambda: f"i32 {compare()} '7'", lambda: f"f64 {compare()} '2.345'",
            lambda: joined(self.truth(d), "AND", self.truth(d)), lambda: joined(self.truth(d), "OR", self.truth(d)),
            lambda: joined(self.truth(d), "OR", joined(self.truth(d), "AND", f"NOT {self.truth(0)}")), lambda: f"NOT {self.wrap(self.truth(d))}",
            lambda: f"{self.wrap(self.any(d))} IS {negated}NULL", lambda: f"{self.wrap(self.truth(d))} IS {negated}{self.pick('TRUE', 'FALSE')}",
            lambda: f"{self.wrap(pair(d))} {negated}BETWEEN {self.wrap(pair(0))} AND {self.wrap(pair(d))}", lambda: f"{self.wrap(pair(d))} {negated}IN ({pair(0)}, {pair(0)}, {pair(0)})",
            lambda: f"{self.wrap(self.text(d))} {negated}{self.pick('LIKE', 'ILIKE')} {self.literal_text(patterns)}",
            lambda: f"{self.wrap(self.text(d))} {self.pick('LIKE', 'ILIKE')} {self.wrap(self.text(0))}", lambda: f"{self.wrap(self.text(d))} LIKE {self.literal_text(['a#%b', '%#%%', 'x#', '##'])} ESCAPE '#'",
            lambda: f"{self.pick('contains', 'starts_with', 'ends_with', 'prefix', 'suffix')}({self.text(d)}, {self.text(0)})", lambda: f"{self.pick('isnan', 'isinf', 'isfinite')}({self.number(d)})",
            lambda: self.cast(self.pick("num", self.number(d)), self.pick("BOOLEAN", "BOOL")), lambda: self.branch(self.truth, d),
        ]
        return self.wrap(self.random.choice(choices)())

    def any(self, depth):
        if self.chance(0.05):
            return "dec"
        return self.pick(self.printed, self.printed, self.text, self.text, self.date, self.timestamp, self.truth, self.interval)(depth)

    def printed(self, depth):
        """Numbers whose text is settled: no NaN with a sign, which is the processor's, and no FLOAT of many digits."""
        number = self.number(depth)
        return self.pick(f"CAST(abs({number}) AS DOUBLE)", f"TRY_CAST({number} AS BIGINT)", *INTEGERS, "i16::FLOAT", "i8 / 4::FLOAT", "f64", "f64", self.integer_literal(), "2.5e-3")

    def unsettled(self, depth):
        """Calls into the C library: (expression, units in the last place that it may differ by)."""
        n = lambda: self.number(depth)
        one = self.pick("sin", "cos", "tan", "asin", "acos", "atan", "cot", "sinh", "cosh", "tanh", "exp", "ln", "log", "log10", "log2", "cbrt", "radians", "degrees")
        return self.pick((f"{one}({n()})", 2 if one in ("cot", "cbrt") else 1), (f"{self.pick('atan2', 'pow', 'power')}({n()}, {n()})", 1), (f"log({n()}, {n()})", 4), ("pi()", 0))

    def case(self):
        depth = self.random.randint(1, 4)
        if self.chance(0.1):
            return self.unsettled(depth - 1)
        if self.chance(0.03):
            n, t = self.pick("i8", "f64", "u32", "i64"), self.pick("s", "dict8", "num")
            return self.pick(f"{n} + NULL", f"NULL * {n}", f"NULL = {n}", f"{n} IN (1, NULL)", f"lower(NULL)", f"concat({t}, NULL, {n})", f"{t} || NULL", f"greatest({n}, NULL)", f"NULL IS NULL",
                             f"n + {n}", f"coalesce(n, {n})", f"n IS NULL", f"concat(n, {t})", f"n = {n}", f"{n} BETWEEN NULL AND 3", f"NULL LIKE {t}", f"NOT NULL", f"n AND b",
                             f"-n", f"abs(NULL)", f"round({n}, NULL)", f"nullif(NULL, {n})", f"CASE NULL WHEN {n} THEN 1 ELSE 2 END", f"CAST(NULL AS DATE)", "n", "n || n"), 0
        kind = self.pick(self.number, self.number, self.number, self.text, self.text, self.date, self.timestamp, self.truth, self.truth, self.interval)
        if self.chance(0.02):
            return self.pick(*[name for name in SQL if name not in UNIT], "tz", "ts"), 0
        return kind(depth), 0


def load(connection, frame):
    connection.execute("DROP TABLE IF EXISTS t")
    connection.execute("CREATE TABLE t (row INTEGER, " + ", ".join(f"{name} {sql}" for name, sql in SQL.items()) + ")")
    for row in range(ROWS):
        cells = [written(name, values[row]) for name, values in frame.items()]
        connection.execute(f"INSERT INTO t VALUES ({row}, {', '.join(cells)})")


def written(name, value):
    if value is None:
        return "NULL"
    if name in UNIT:
        return f"make_timestamp({value}::BIGINT)::{SQL[name]}"
    if SQL[name] == "DATE":
        return f"(DATE '1970-01-01' + ({value})::INTEGER)"
    if SQL[name] == "VARCHAR":
        return "'" + value.replace("'", "''") + "'"
    if SQL[name] in ("FLOAT", "DOUBLE"):
        return f"'{value!r}'::{SQL[name]}"
    if name == "dec":
        return f"'{value // 100 if value >= 0 else -(-value // 100)}'::DECIMAL(9,2) + ({abs(value) % 100 * (1 if value >= 0 else -1)} / 100)::DECIMAL(9,2)"
    return f"'{value}'::{SQL[name]}"


def column(name, values, rng):
    def cell(value):
        if value is None:
            return None
        if name == "ts_ns":
            return str(value * 1000 + rng.randrange(1000))
        if name in UNIT:
            return str(value // UNIT[name])
        return text(value)
    arrow = ARROW.get(name) or ("" if name[0] == "i" else "u") + "int" + name[1:]
    return {"name": name, "type": arrow, "values": [cell(value) for value in values]}


def text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def shown(sql_type, expr):
    """The expression as something whose text is exact."""
    if sql_type == "DATE":
        return f"date_diff('day', DATE '1970-01-01', ({expr}))"
    if sql_type.startswith("TIMESTAMP"):
        return f"epoch_us({expr})"
    return f"({expr})::VARCHAR" if sql_type in ("HUGEINT", "INTERVAL") or sql_type.startswith("DECIMAL") else expr


def joined(left, word, right):
    """AND and OR, marked so that they can be written in two ways."""
    return f"\x01{word}\x02{left}\x03{right}\x04"


def plainly(expr):
    """AND and OR as they are, for us and, first, for DuckDB."""
    return rewrite(expr, lambda word, left, right: f"{left} {word} {right}")


def lazily(expr):
    """AND and OR as forms of CASE: DuckDB's AND computes its right side for rows that its left has decided already, ours does not."""
    def branch(word, left, right):
        end, on = ("false", "true") if word == "AND" else ("true", "false")
        return f"(CASE WHEN ({left}) IS {end} THEN {end} WHEN ({right}) IS {end} THEN {end} WHEN ({left}) IS {on} AND ({right}) IS {on} THEN {on} END)"
    return rewrite(expr, branch)


def rewrite(expr, write):
    innermost = re.compile("\x01(AND|OR)\x02([^\x01-\x04]*)\x03([^\x01-\x04]*)\x04")
    while "\x01" in expr:
        expr = innermost.sub(lambda found: write(*found.groups()), expr)
    return expr


def ask(connection, marked):
    expr, lazy = plainly(marked), lazily(marked)
    source = "(SELECT *, NULL AS n FROM t)"
    try:
        sql_type = connection.execute(f"DESCRIBE SELECT {expr} AS x FROM {source}").fetchall()[0][1].strip('"')
    except duckdb.Error as error:
        return {"refused": str(error).split("\n")[0]}
    query = f"SELECT {shown(sql_type, expr)} FROM {source}"
    try:
        return {"type": sql_type, "values": [None if v is None else text(v) for (v,) in connection.execute(query + " ORDER BY row").fetchall()]}
    except duckdb.Error:
        pass
    values = []
    for row in range(ROWS):
        try:
            (value,), = connection.execute(f"SELECT {shown(sql_type, lazy)} FROM (SELECT *, NULL AS n FROM t WHERE row = {row})").fetchall()
            values.append(None if value is None else text(value))
        except duckdb.Error as error:
            values.append({"error": str(error).split("\n")[0][:100]})
    return {"type": sql_type, "values": values}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--longest", type=int, default=1500, help="leave out expressions of more characters")
    parser.add_argument("--per-frame", type=int, default=100)
    options = parser.parse_args()
    print(f"expr_cases: seed {options.seed}, {options.cases} cases, DuckDB {duckdb.__version__}", file=sys.stderr)
    draw = Draw(options.seed)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET threads = 1")
    # what these take out of a CASE or an AND, or leave out, may fail where the expression as it is written does not
    connection.execute("SET disabled_optimizers = 'common_subexpressions,expression_rewriter,statistics_propagation'")
    for number in range(options.cases):
        if number % options.per_frame == 0:
            frame = draw.frame()
            load(connection, frame)
            columns = [column(name, values, draw.random) for name, values in frame.items()]
            columns.append({"name": "n", "type": "null", "values": [None] * ROWS})
            print(json.dumps({"frame": columns}, ensure_ascii=False, separators=(",", ":")))
        expr, ulps = draw.case()
        while len(lazily(expr)) > options.longest * 4 or len(plainly(expr)) > options.longest:
            expr, ulps = draw.case()
        print(json.dumps({"expr": plainly(expr), "ulps": ulps, **ask(connection, expr)}, ensure_ascii=False, separators=(",", ":")))


if __name__ == "__main__":
    main()
