from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string

from tests.html_tree import Node, parse

COLORS = [("red", "Red"), ("green", "Green & gold")]


class VisitForm(forms.Form):
    name = forms.CharField(label="Full name")
    email = forms.EmailField(help_text="We write here.")
    phone = forms.CharField(
        required=False, widget=forms.TelInput(attrs={"class": "wide", "autocomplete": "tel"})
    )
    reason = forms.CharField(widget=forms.Textarea, max_length=20)
    service = forms.ChoiceField(choices=COLORS)
    remind = forms.ChoiceField(
        choices=COLORS, widget=forms.RadioSelect, help_text="How we should reach you."
    )
    signs = forms.MultipleChoiceField(
        choices=COLORS, widget=forms.CheckboxSelectMultiple, required=False
    )
    consent = forms.BooleanField(label="I agree", help_text="You can change your mind.")
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    legends = {"consent": "Your privacy"}


VALID = {
    "name": "Ana",
    "email": "ana@example.com",
    "reason": "Cramps",
    "service": "red",
    "remind": "green",
    "consent": "on",
}


def crispy(form: forms.BaseForm) -> Node:
    template = Template("{% load crispy_forms_tags %}{{ form|crispy }}")
    return parse(template.render(Context({"form": form})))


def summary(form: forms.BaseForm) -> Node:
    return parse(render_to_string("forms/error_summary.html", {"form": form}))


def test_text_input_has_label_and_class_and_is_required():
    page = crispy(VisitForm())

    control = page.one("input", name="name")
    assert control.attributes == {
        "type": "text", "name": "name", "id": "id_name", "class": "input", "required": None,
    }  # fmt: skip
    assert page.one("label", for_="id_name").text == "Full name"


def test_optional_field_says_so_and_keeps_its_own_class():
    page = crispy(VisitForm())

    control = page.one("input", name="phone")
    assert control.get("type") == "tel"
    assert control.get("class") == "input wide"
    assert control.get("autocomplete") == "tel"
    assert "required" not in control.attributes
    assert page.one("label", for_="id_phone").text == "Phone (optional)"


def test_hint_is_linked_to_its_control():
    page = crispy(VisitForm())

    control = page.one("input", name="email")
    assert control.get("type") == "email"
    assert control.get("aria-describedby") == "id_email_helptext"
    assert page.one(id="id_email_helptext").text == "We write here."


def test_error_stands_between_hint_and_control_and_is_linked():
    page = crispy(VisitForm({**VALID, "email": "ana"}))

    field = page.one("div", class_="field--bad")
    control = field.one("input", name="email")
    assert [child.get("id") for child in field.children] == [
        None, "id_email_helptext", "id_email_error", "id_email",
    ]  # fmt: skip
    assert control.get("aria-invalid") == "true"
    assert control.get("aria-describedby") == "id_email_helptext id_email_error"
    assert control.get("value") == "ana"
    assert field.one("p", class_="error").text == "Error: Enter a valid email address."


def test_valid_fields_beside_a_wrong_one_are_not_marked():
    page = crispy(VisitForm({**VALID, "email": "ana"}))

    assert len(page.all(aria_invalid="true")) == 1
    assert len(page.all(class_="field--bad")) == 1


def test_textarea_keeps_what_was_typed_and_escapes_it():
    page = crispy(VisitForm({**VALID, "reason": "</textarea><b>& far too long, I know"}))

    control = page.one("textarea", name="reason")
    assert control.text == "</textarea><b>& far too long, I know"
    assert control.get("class") == "input"
    assert control.get("aria-describedby") == "id_reason_error"


def test_select_has_label_and_class():
    page = crispy(VisitForm({**VALID, "service": "green"}))

    control = page.one("select", name="service")
    assert control.get("class") == "input"
    assert control.one("option", selected=None).text == "Green & gold"
    assert page.one("label", for_="id_service").text == "Service"


def test_radio_buttons_are_a_fieldset_with_a_legend():
    page = crispy(VisitForm(VALID))

    group = page.one("input", name="remind", value="red").parent.parent.parent
    assert group.tag == "fieldset"
    assert group.one("legend").text == "Remind"
    assert group.get("aria-describedby") == "id_remind_helptext"
    assert group.one(id="id_remind_helptext").text == "How we should reach you."
    assert [label.text for label in group.all("label", class_="choice")] == ["Red", "Green & gold"]
    assert group.one("input", checked=None).get("value") == "green"


def test_radio_buttons_with_an_error_describe_it_on_the_fieldset():
    page = crispy(VisitForm({**VALID, "remind": ""}))

    group = page.one("fieldset", class_="field--bad")
    assert group.get("aria-describedby") == "id_remind_helptext id_remind_error"
    assert [option.get("aria-invalid") for option in group.all("input")] == ["true", "true"]


def test_checkbox_group_is_a_fieldset_with_a_legend():
    page = crispy(VisitForm({**VALID, "signs": ["green"]}))

    boxes = page.all("input", name="signs")
    assert [box.get("id") for box in boxes] == ["id_signs_0", "id_signs_1"]
    assert ["checked" in box.attributes for box in boxes] == [False, True]
    assert boxes[0].parent.parent.parent.one("legend").text == "Signs (optional)"


def test_single_checkbox_has_a_legend_above_and_its_label_beside():
    page = crispy(VisitForm({**VALID, "consent": ""}))

    box = page.one("input", name="consent")
    group = box.parent.parent.parent
    assert group.tag == "fieldset"
    assert group.one("legend").text == "Your privacy"
    assert box.parent.tag == "label"
    assert box.parent.text == "I agree"
    assert "class" not in box.attributes
    assert box.get("aria-describedby") == "id_consent_helptext id_consent_error"
    assert group.one("p", class_="error").text == "Error: This field is required."


def test_single_checkbox_without_a_legend_uses_its_label():
    class TermsForm(forms.Form):
        terms = forms.BooleanField(label="I accept")

    page = crispy(TermsForm())

    assert page.one("legend", class_="hide").text == "I accept"


def test_hidden_field_is_drawn_bare():
    page = crispy(VisitForm(initial={"token": "abc"}))

    control = page.one("input", name="token")
    assert control.get("type") == "hidden"
    assert control.get("value") == "abc"
    assert control.parent is page


def test_date_in_three_selects_is_a_fieldset():
    class BirthForm(forms.Form):
        born_on = forms.DateField(widget=forms.SelectDateWidget, label="Date of birth")

    page = crispy(BirthForm({"born_on_year": "", "born_on_month": "2", "born_on_day": "3"}))

    group = page.one("fieldset", class_="field--bad")
    assert group.one("legend").text == "Date of birth"
    assert group.get("aria-describedby") == "id_born_on_error"
    assert {select.get("class") for select in group.all("select")} == {"input"}


def test_null_byte_gives_an_error_and_never_reaches_the_page():
    form = VisitForm({**VALID, "name": "A\x00na"})
    html = Template("{% load crispy_forms_tags %}{{ form|crispy }}").render(Context({"form": form}))

    assert "\x00" not in html
    page = parse(html)
    assert page.one("input", name="name").get("value") == "Ana"
    assert page.one(id="id_name_error").text == "Error: Null characters are not allowed."


def test_every_id_is_unique_and_every_reference_resolves():
    page = crispy(VisitForm({}))

    ids = [node.get("id") for node in page.all() if node.get("id")]
    references = " ".join(node.get("aria-describedby") or "" for node in page.all()).split()
    targets = [label.get("for") for label in page.all("label") if label.get("for")]
    assert len(ids) == len(set(ids))
    assert set(references) | set(targets) <= set(ids)


def test_django_field_group_is_the_same_as_crispy():
    form = VisitForm({**VALID, "email": "ana"})
    template = Template("{% load crispy_forms_tags %}{{ form.email|as_crispy_field }}")

    crispy_html = template.render(Context({"form": form}))
    assert crispy_html.strip() == form["email"].as_field_group().strip()


def test_crispy_tag_draws_a_whole_form_that_leaves_messages_to_us():
    form = VisitForm()
    form.helper = FormHelper()
    form.helper.attrs = {"action": "/there/"}
    form.helper.add_input(Submit("go", "Send"))

    page = parse(render_crispy_form(form, context={"csrf_token": "t0k3n"}))

    tag = page.one("form")
    assert tag.get("method") == "post"
    assert tag.get("action") == "/there/"
    assert "novalidate" in tag.attributes
    assert tag.one("input", name="csrfmiddlewaretoken").get("value") == "t0k3n"
    assert tag.one("button").text == "Send"
    assert len(tag.all("input", name="name")) == 1


def test_summary_links_to_each_wrong_field_in_order():
    form = VisitForm({**VALID, "name": "", "remind": "", "consent": ""})

    box = summary(form).one("div", class_="errors")

    assert box.one("h2").text == "Three answers need another look"
    assert [link.get("href") for link in box.all("a")] == [
        "#id_name", "#id_remind_0", "#id_consent",
    ]  # fmt: skip
    assert box.get("tabindex") == "-1"
    assert box.get("aria-labelledby") == box.one("h2").get("id")


def test_summary_links_lead_to_controls_on_the_page():
    form = VisitForm({})

    targets = {link.get("href").removeprefix("#") for link in summary(form).all("a")}

    controls = crispy(form).all("input") + crispy(form).all("select") + crispy(form).all("textarea")
    assert targets <= {control.get("id") for control in controls}
    assert len(targets) == 6


def test_summary_counts_one_answer_in_the_singular():
    box = summary(VisitForm({**VALID, "name": ""}))

    assert box.one("h2").text == "One answer needs another look"


def test_summary_counts_many_answers_in_digits():
    form = forms.Form({})
    for number in range(7):
        form.fields[f"answer_{number}"] = forms.CharField()

    assert summary(form).one("h2").text == "7 answers need another look"


def test_summary_shows_errors_of_the_whole_form_and_of_hidden_fields_without_links():
    form = VisitForm(VALID)
    form.add_error(None, "This time was just taken.")
    form.add_error("token", "The page was open for too long.")

    box = summary(form)

    assert box.one("h2").text == "There is a problem"
    assert [item.text for item in box.all("li")] == [
        "This time was just taken.",
        "The page was open for too long.",
    ]
    assert box.all("a") == []


def test_summary_is_absent_without_errors():
    assert summary(VisitForm()).all() == []
    assert summary(VisitForm(VALID)).all() == []
