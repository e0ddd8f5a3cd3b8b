from tests.html_tree import parse

from .factories import make_location, make_practitioner, make_service
from .journeys import make_article


def test_service_list_shows_each_bookable_visit(client, bookable_service):
    bookable_service.fee_text = "$150"
    bookable_service.save()
    make_service(name="Not any more", is_active=False)

    page = parse(client.get("/book/").content)

    row = page.one("ul", class_="index").one("li")
    assert row.one("a").get("href") == "/book/first-consultation/safety/"
    assert row.one("strong").text == "First consultation"
    practitioner = bookable_service.practitioner.full_name
    assert row.all("small")[-1].text == f"60 minutes, $150, with {practitioner}"


def test_service_list_says_who_may_book_and_how_the_visit_happens(client, bookable_service):
    bookable_service.other_locations.add(
        make_location(kind="video"), make_location(kind="phone"), make_location(kind="video")
    )
    make_service(slug="new", position=1, for_whom="new")
    make_service(slug="again", position=2, for_whom="returning")

    rows = parse(client.get("/book/").content).one("ul", class_="index").all("li")

    facts = [[small.text for small in row.all("small")][1:-1] for row in rows]
    assert facts == [
        ["In person, by phone or by video"],
        ["New patients only", "In person"],
        ["People seen before only", "In person"],
    ]


def test_service_list_never_shows_unlisted_visits_which_their_link_still_books(
    client, bookable_service
):
    bookable_service.is_listed = False
    bookable_service.save()

    page = parse(client.get("/book/").content)

    assert page.all("ul", class_="index") == []
    assert client.get("/book/first-consultation/safety/").status_code == 200


def test_service_list_names_nobody_who_left(client, bookable_service):
    bookable_service.practitioners.add(make_practitioner(name="Dr. Gone", is_active=False))

    assert "Dr. Gone" not in client.get("/book/").text


def test_service_list_carries_the_article(client, bookable_service):
    make_article()

    page = parse(client.get("/book/?condition=spasms").content)

    links = [link.get("href") for link in page.one("ul", class_="index").all("a")]
    assert links == ["/book/first-consultation/safety/?condition=spasms"]
    assert "About: Spasms and twitches" in page.one("main").text


def test_service_list_drops_an_unknown_article(client, bookable_service):
    page = parse(client.get("/book/?condition=%3Cscript%3E").content)

    links = [link.get("href") for link in page.one("ul", class_="index").all("a")]
    assert links == ["/book/first-consultation/safety/"]
    assert "About:" not in page.one("main").text


def test_service_list_without_visits_gives_the_phone_number(client, db):
    page = parse(client.get("/book/").content)

    assert page.all("ul", class_="index") == []
    assert page.one("section", class_="empty").one("a").get("href") == "tel:+12125550100"


def test_service_list_sets_no_cookie_and_is_not_kept(client, bookable_service):
    response = client.get("/book/")

    assert dict(response.cookies) == {}
    assert "no-store" in response["Cache-Control"]


def test_service_list_asks_as_many_queries_for_three_visits_as_for_one(
    client, bookable_service, django_assert_max_num_queries
):
    with django_assert_max_num_queries(100) as first:
        client.get("/book/")
    make_service(slug="second").other_locations.add(make_location())
    make_service(slug="third")

    with django_assert_max_num_queries(len(first)):
        client.get("/book/")
