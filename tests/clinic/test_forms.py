from django.utils.safestring import SafeString

from clinic.forms import html_attributes


def test_attributes_are_drawn_as_django_draws_them():
    attrs = {"class": "input", "rows": 4, "required": True, "disabled": False, "data-none": None}

    assert html_attributes(attrs) == ' class="input" rows="4" required data-none="None"'


def test_attributes_are_escaped_unless_they_are_html_already():
    attrs = {"title": '"Yes" & <no>', "data-html": SafeString("&amp;")}

    assert html_attributes(attrs) == (' title="&quot;Yes&quot; &amp; &lt;no&gt;" data-html="&amp;"')


def test_no_attributes_are_nothing():
    assert html_attributes({}) == ""
