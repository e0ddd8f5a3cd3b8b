"""Times as people in the United States write them, besides the 24-hour clock."""

TIME_INPUT_FORMATS = [
    "%H:%M:%S",
    "%H:%M",
    "%I:%M %p",
    "%I:%M%p",
    "%I %p",
    "%I%p",
]
