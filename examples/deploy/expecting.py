"""What ends the program where something is not as it should be."""


def expect(found, expected) -> None:
    """Says what was found, where it is what was expected."""
    if found != expected:
        raise RuntimeError(f"found `{found}`, expected `{expected}`")
    print(f"  {found}")


def expect_some(count: int) -> None:
    """Says how many there were, where there were any."""
    if count == 0:
        raise RuntimeError("found none, expected some")
    print(f"  {count}")
