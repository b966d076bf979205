"""docs/security.md names files and tests that exist, and covers all of ASVS level 2."""

import re

from tests.project.files import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
ROW = re.compile(r"^\| (\d[^|]*) \| ([123]) \| ([a-z ]+) \| (.*) \|$", re.M)
# ASVS 5.0.0: how many requirements each section has, and which of them are level 3.
SECTIONS: dict[str, tuple[int, set[int]]] = {
    "1.1": (2, set()),
    "1.2": (10, {10}),
    "1.3": (12, {12}),
    "1.4": (3, set()),
    "1.5": (3, {3}),
    "2.1": (3, set()),
    "2.2": (3, set()),
    "2.3": (5, {5}),
    "2.4": (2, {2}),
    "3.1": (1, {1}),
    "3.2": (3, {3}),
    "3.3": (5, {5}),
    "3.4": (8, {7, 8}),
    "3.5": (8, {6, 7, 8}),
    "3.6": (1, {1}),
    "3.7": (5, {3, 4, 5}),
    "4.1": (5, {4, 5}),
    "4.2": (5, {2, 3, 4, 5}),
    "4.3": (2, set()),
    "4.4": (4, set()),
    "5.1": (1, set()),
    "5.2": (6, {4, 5, 6}),
    "5.3": (3, {3}),
    "5.4": (3, set()),
    "6.1": (3, set()),
    "6.2": (12, set()),
    "6.3": (8, {5, 6, 7, 8}),
    "6.4": (6, {5, 6}),
    "6.5": (8, {6, 7, 8}),
    "6.6": (4, {4}),
    "6.7": (2, {1, 2}),
    "6.8": (4, set()),
    "7.1": (3, set()),
    "7.2": (4, set()),
    "7.3": (2, set()),
    "7.4": (5, set()),
    "7.5": (3, {3}),
    "7.6": (2, set()),
    "8.1": (4, {3, 4}),
    "8.2": (4, {4}),
    "8.3": (3, {2, 3}),
    "8.4": (2, {2}),
    "9.1": (3, set()),
    "9.2": (4, set()),
    "10.1": (2, set()),
    "10.2": (3, {3}),
    "10.3": (5, {5}),
    "10.4": (16, {12, 13, 14, 15, 16}),
    "10.5": (5, set()),
    "10.6": (2, set()),
    "10.7": (3, set()),
    "11.1": (4, {3, 4}),
    "11.2": (5, {4, 5}),
    "11.3": (5, {4, 5}),
    "11.4": (4, set()),
    "11.5": (2, {2}),
    "11.6": (2, {2}),
    "11.7": (2, {1, 2}),
    "12.1": (5, {4, 5}),
    "12.2": (2, set()),
    "12.3": (5, {5}),
    "13.1": (4, {2, 3, 4}),
    "13.2": (6, {6}),
    "13.3": (4, {3, 4}),
    "13.4": (7, {6, 7}),
    "14.1": (2, set()),
    "14.2": (8, {5, 6, 7, 8}),
    "14.3": (3, set()),
    "15.1": (5, {4, 5}),
    "15.2": (5, {4, 5}),
    "15.3": (7, set()),
    "15.4": (4, {1, 2, 3, 4}),
    "16.1": (1, set()),
    "16.2": (5, set()),
    "16.3": (4, set()),
    "16.4": (3, set()),
    "16.5": (4, {4}),
    "17.1": (2, {2}),
    "17.2": (8, {5, 6, 7, 8}),
    "17.3": (2, set()),
}
ORDER = [(s, n) for s, (size, _) in SECTIONS.items() for n in range(1, size + 1)]


def named(text: str) -> set[tuple[str, int]]:
    """The requirements that a row is about: single ones, and ranges with `to`."""
    head = re.match(r"[\d., to]+", text)
    assert head, text
    found: set[tuple[str, int]] = set()
    for part in head[0].split(","):
        ids = [i.rpartition(".") for i in re.findall(r"\d+\.\d+\.\d+", part)]
        ends = [(section, int(number)) for section, _, number in ids]
        assert all(end in ORDER for end in ends), text
        if len(ends) == 2:
            found |= set(ORDER[ORDER.index(ends[0]) : ORDER.index(ends[1]) + 1])
        else:
            found |= set(ends)
    return found


def test_every_requirement_of_level_2_has_its_row() -> None:
    listed = set[tuple[str, int]]()
    for text, *_ in ROW.findall(PAGE):
        listed |= named(text)

    missing = [
        f"{section}.{number}"
        for section, number in ORDER
        if number not in SECTIONS[section][1] and (section, number) not in listed
    ]
    assert missing == []


def test_the_sections_are_those_of_the_standard() -> None:
    # 70 requirements of level 1 and 183 of level 2.
    assert sum(size - len(third) for size, third in SECTIONS.values()) == 253


def test_what_is_said_of_each_is_one_of_four_words() -> None:
    said = {state for _, _, state, _ in ROW.findall(PAGE)}

    assert said == {"met", "not met", "not applicable", "deployment"}


def test_every_file_and_test_that_is_named_exists() -> None:
    paths = re.findall(r"`([\w./-]+/[\w./-]+\.\w+|Dockerfile|\.dockerignore)`", PAGE)

    assert len(paths) > 100
    assert [path for path in paths if not (ROOT / path).exists()] == []
    links = re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", PAGE)
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []


def test_every_row_that_is_met_says_by_what() -> None:
    bare = [text for text, _, state, where in ROW.findall(PAGE) if len(where) < 4]

    assert [text for text in bare if "not applicable" not in text] == []
