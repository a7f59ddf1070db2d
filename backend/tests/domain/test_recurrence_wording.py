"""Rules in English words."""

import pytest

from src.domain.recurrence import describe, parse_rule

WORKING_WEEK = "MO,TU,WE,TH,FR"
ALL_DAYS = "MO,TU,WE,TH,FR,SA,SU"

WORDS = {
    # days
    "FREQ=DAILY": "every day",
    "FREQ=DAILY;INTERVAL=3": "every 3 days",
    f"FREQ=DAILY;BYDAY={WORKING_WEEK}": "every weekday",
    f"FREQ=DAILY;BYDAY={WORKING_WEEK};BYMONTH=5": "every weekday, only in May",
    f"FREQ=DAILY;INTERVAL=2;BYDAY={WORKING_WEEK}": (
        "every 2 days, only on Monday, Tuesday, Wednesday, Thursday and Friday"
    ),
    "FREQ=DAILY;BYDAY=SA,SU": "every day, only on Saturday and Sunday",
    "FREQ=DAILY;BYMONTH=1": "every day, only in January",
    "FREQ=DAILY;BYMONTHDAY=1,-1": "every day, only on the 1st and the last day",
    "FREQ=DAILY;INTERVAL=3;BYMONTHDAY=13;BYDAY=FR;BYMONTH=5,6": (
        "every 3 days, only on the 13th if that is a Friday, only in May and June"
    ),
    "FREQ=DAILY;BYDAY=MO;BYSETPOS=1,2": "every day, only on Monday",
    # weeks
    "FREQ=WEEKLY": "every week",
    "FREQ=WEEKLY;INTERVAL=2": "every 2 weeks",
    "FREQ=WEEKLY;INTERVAL=2;WKST=SU": "every 2 weeks",
    "FREQ=WEEKLY;BYDAY=MO": "every week on Monday",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR,MO": "every 2 weeks on Monday and Friday",
    f"FREQ=WEEKLY;BYDAY={WORKING_WEEK}": "every weekday",
    f"FREQ=WEEKLY;BYDAY={WORKING_WEEK};WKST=SU": "every weekday",
    f"FREQ=WEEKLY;INTERVAL=2;BYDAY={WORKING_WEEK}": (
        "every 2 weeks on Monday, Tuesday, Wednesday, Thursday and Friday"
    ),
    "FREQ=WEEKLY;BYDAY=SA,SU": "every week on Saturday and Sunday",
    "FREQ=WEEKLY;BYMONTH=6,7,8": "every week, only in June, July and August",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU": "every 2 weeks on Monday and Sunday, weeks starting on Sunday",
    f"FREQ=WEEKLY;BYDAY={WORKING_WEEK};BYSETPOS=1": "every week on the first weekday",
    "FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=-1;WKST=SU": (
        "every week on the last of these: Monday and Wednesday, weeks starting on Sunday"
    ),
    f"FREQ=WEEKLY;BYDAY={WORKING_WEEK};BYSETPOS=1;BYMONTH=5": "every week on the first weekday in May",
    "FREQ=WEEKLY;BYMONTH=5;BYSETPOS=1": "every week on the first of these: the weekday of the start in May",
    # months
    "FREQ=MONTHLY": "every month",
    "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15": "every 3 months on the 15th",
    "FREQ=MONTHLY;BYMONTHDAY=-1": "every month on the last day",
    "FREQ=MONTHLY;BYMONTHDAY=1,2,3,21,22,23,31": (
        "every month on the 1st, the 2nd, the 3rd, the 21st, the 22nd, the 23rd and the 31st"
    ),
    "FREQ=MONTHLY;BYMONTHDAY=11,12,13": "every month on the 11th, the 12th and the 13th",
    "FREQ=MONTHLY;BYMONTHDAY=15,-1": "every month on the 15th and the last day",
    "FREQ=MONTHLY;BYMONTHDAY=-2,-10": "every month on the 10th to last day and the second to last day",
    "FREQ=MONTHLY;BYMONTH=1,7": "every month, only in January and July",
    "FREQ=MONTHLY;BYDAY=2TU;COUNT=10": "every month on the second Tuesday, 10 times",
    "FREQ=MONTHLY;BYDAY=1MO,-1FR": "every month on the first Monday and the last Friday",
    "FREQ=MONTHLY;BYDAY=-5SU": "every month on the fifth to last Sunday",
    "FREQ=MONTHLY;BYDAY=MO": "every month on every Monday",
    "FREQ=MONTHLY;BYDAY=MO,2TU": "every month on every Monday and the second Tuesday",
    f"FREQ=MONTHLY;BYDAY={WORKING_WEEK}": "every month on every weekday",
    "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13": "every month on the 13th if that is a Friday",
    "FREQ=MONTHLY;BYDAY=TU,1WE;BYMONTHDAY=1,7": (
        "every month on the 1st and the 7th if that is a Tuesday or the first Wednesday"
    ),
    f"FREQ=MONTHLY;BYDAY={WORKING_WEEK};BYMONTHDAY=-1": "every month on the last day if that is a weekday",
    f"FREQ=MONTHLY;BYDAY={WORKING_WEEK};BYSETPOS=-1": "every month on the last weekday",
    f"FREQ=MONTHLY;BYDAY={WORKING_WEEK};BYSETPOS=1,-2": "every month on the first and the second to last weekday",
    "FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1": "every month on the first weekend day",
    f"FREQ=MONTHLY;BYDAY={ALL_DAYS};BYSETPOS=10": "every month on the 10th day",
    "FREQ=MONTHLY;BYDAY=MO,TH;BYSETPOS=3": "every month on the third of these: every Monday and every Thursday",
    f"FREQ=MONTHLY;BYDAY={WORKING_WEEK};BYMONTHDAY=13,14,15;BYSETPOS=1": (
        "every month on the first of these: the 13th, the 14th and the 15th if that is a weekday"
    ),
    f"FREQ=MONTHLY;BYDAY={WORKING_WEEK};BYSETPOS=-1;BYMONTH=3": "every month on the last weekday, only in March",
    "FREQ=MONTHLY;BYMONTH=3;BYSETPOS=1": "every month on the first of these: the day of the start, only in March",
    # years
    "FREQ=YEARLY": "every year",
    "FREQ=YEARLY;INTERVAL=4": "every 4 years",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29": "every year on 29 February",
    "FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=1,15": "every year on 1 March, 15 March, 1 September and 15 September",
    "FREQ=YEARLY;BYMONTH=2,6,7;BYMONTHDAY=1,15": "every year on the 1st and the 15th of February, June and July",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1": "every year on the last day of February",
    "FREQ=YEARLY;BYMONTHDAY=15": "every year on the 15th of each month",
    "FREQ=YEARLY;BYMONTH=2,5": "every year on the day of the start in February and May",
    "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH": "every year on the fourth Thursday in November",
    "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU": "every year on the last Sunday in each of March and October",
    "FREQ=YEARLY;BYMONTH=3,10;BYDAY=SU": "every year on every Sunday in March and October",
    "FREQ=YEARLY;BYDAY=20MO": "every year on the 20th Monday of the year",
    "FREQ=YEARLY;BYDAY=TU,20MO,-1FR": "every year on every Tuesday, the 20th Monday and the last Friday of the year",
    "FREQ=YEARLY;BYDAY=WE": "every year on every Wednesday",
    "FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR": "every year on the 13th of each month if that is a Friday",
    "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=2,3,4,5,6;BYDAY=TU": (
        "every year on the 2nd, the 3rd, the 4th, the 5th and the 6th of November if that is a Tuesday"
    ),
    "FREQ=YEARLY;BYMONTHDAY=31;BYDAY=53SU": (
        "every year on the 31st of each month if that is the 53rd Sunday of the year"
    ),
    f"FREQ=YEARLY;BYDAY={WORKING_WEEK};BYSETPOS=-1": "every year on the last weekday",
    f"FREQ=YEARLY;BYDAY={WORKING_WEEK};BYSETPOS=1;BYMONTH=9": "every year on the first weekday in September",
    f"FREQ=YEARLY;BYDAY={WORKING_WEEK};BYSETPOS=1;BYMONTH=9,10": (
        "every year on the first of these: every weekday in September and October"
    ),
    f"FREQ=YEARLY;BYDAY={ALL_DAYS};BYSETPOS=100,-366": "every year on the 100th and the 366th to last day",
    "FREQ=YEARLY;BYMONTH=2,5;BYSETPOS=-1": "every year on the last of these: the day of the start in February and May",
    # ends
    "FREQ=DAILY;COUNT=1": "every day, once",
    "FREQ=DAILY;COUNT=1000": "every day, 1000 times",
    "FREQ=WEEKLY;BYDAY=SU;UNTIL=20261201": "every week on Sunday, until 1 December 2026",
    "FREQ=MONTHLY;BYMONTH=3;UNTIL=20300331T120000Z": "every month, only in March, until 31 March 2030",
}


@pytest.mark.parametrize("text", WORDS)
def test_says(text: str) -> None:
    assert describe(parse_rule(text)) == WORDS[text]
