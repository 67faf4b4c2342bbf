"""Building the demo's site: settings, departments, services and their pages in two languages."""

from typing import Any

from wagtail.models import Locale, Page, Site

from cms_pages.models import (
    ContentPage,
    Department,
    DepartmentIndexPage,
    DepartmentPage,
    DeskSettings,
    FaqPage,
    HomePage,
    Need,
    PrivacyPage,
    Service,
    ServiceDeskPage,
    ServiceIndexPage,
    ServicePage,
)
from notices.models import NoticeIndexPage
from portal.demo import texts
from sla.models import AgreementIndexPage


def build_facts() -> None:
    """Departments, services and needs."""
    for order, (key, name, name_en, phone, about, about_en) in enumerate(texts.DEPARTMENTS):
        Department.objects.create(
            key=key,
            name=name,
            name_en=name_en,
            phone=phone,
            email=f"{key}@desk.example",
            description=about,
            description_en=about_en,
            sort_order=order,
        )
    for order, row in enumerate(texts.SERVICES):
        key, code, department, delivery, name, name_en, *_rest = row
        Service.objects.create(
            key=key,
            code=code,
            department=Department.objects.get(key=department),
            delivery=delivery,
            name=name,
            name_en=name_en,
            sort_order=order,
        )
    for order, (key, name, name_en, services) in enumerate(texts.NEEDS):
        need = Need.objects.create(key=key, name=name, name_en=name_en, sort_order=order)
        for service in Service.objects.filter(key__in=services):
            service.needs.add(need)


def build_site() -> None:
    """The pages, Persian first, each with its English translation."""
    fa, _created = Locale.objects.get_or_create(language_code="fa")
    en, _created = Locale.objects.get_or_create(language_code="en")
    root = Page.get_first_root_node()
    home = root.add_child(
        instance=HomePage(
            title=texts.SETTINGS["desk_name"], slug="desk", hero_sentence=texts.HERO, locale=fa
        )
    )
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    site.hostname, site.port, site.root_page = "localhost", 8000, home
    site.site_name = texts.SETTINGS["body_name"]
    site.save()
    for welcome in root.get_children().exclude(pk=home.pk):
        welcome.delete()
    home.save_revision().publish()
    _translate(home, en, texts.SETTINGS["desk_name_en"], hero_sentence=texts.HERO_EN)
    privacy, accessibility = _content(home, en)
    _departments(home, en)
    _services(home, en)
    DeskSettings.objects.update_or_create(
        site=site,
        defaults={
            **texts.SETTINGS,
            "privacy_page": privacy.page_ptr,
            "accessibility_page": accessibility.page_ptr,
        },
    )


def serve_at(port: int) -> None:
    """Have the site know its port, so that full addresses lead back to it."""
    site = Site.objects.filter(is_default_site=True, hostname="localhost").first()
    if site is not None and site.port != port:
        site.port = port
        site.save(update_fields=["port"])


def add(parent: Page, page: Page) -> Any:
    """A live page below another one, with its first revision."""
    parent.refresh_from_db()
    page.locale = parent.locale
    parent.add_child(instance=page)
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def _translate(page: Page, locale: Locale, title: str, **fields: Any) -> Page:
    copy = page.copy_for_translation(locale, copy_parents=True)
    for name, value in {"title": title, **fields}.items():
        setattr(copy, name, value)
    copy.save_revision().publish()
    return copy


def _content(home: Page, en: Locale) -> tuple[Page, Page]:
    desk = add(
        home,
        ServiceDeskPage(
            title="میز خدمت حضوری",
            slug="service-desk",
            show_in_menus=True,
            search_description="کجا، کی و با چه تلفنی به میز خدمت برسید.",
            place="ساختمان مرکزی، طبقهٔ همکف",
            phone="086 3333 4400",
            duties=texts.ABOUT_DESK["fa"],
        ),
    )
    _translate(
        desk,
        en,
        "The desk in person",
        search_description="Where, when and by which phone you reach the desk.",
        place="Main building, ground floor",
        duties=texts.ABOUT_DESK["en"],
    )
    faq = add(
        home,
        FaqPage(
            title="پرسش‌های متداول",
            slug="faq",
            show_in_menus=True,
            search_description="پاسخ کوتاه به آنچه بیشتر می‌پرسید.",
            groups=_groups("fa"),
        ),
    )
    _translate(
        faq,
        en,
        "Frequent questions",
        search_description="Short answers to what is asked most.",
        groups=_groups("en"),
    )
    privacy = add(
        home,
        PrivacyPage(
            title="بیانیهٔ حریم خصوصی",
            slug="privacy",
            search_description="چه چیزی نگه می‌داریم، چگونه، و چه کسی می‌بیند.",
            body=texts.PRIVACY["fa"],
        ),
    )
    _translate(
        privacy,
        en,
        "Privacy statement",
        search_description="What we keep, how, and who sees it.",
        body=texts.PRIVACY["en"],
    )
    access = add(
        home,
        ContentPage(
            title="بیانیهٔ دسترسی برای همه",
            slug="accessibility",
            body=texts.ACCESSIBILITY["fa"],
        ),
    )
    _translate(access, en, "Accessibility statement", body=texts.ACCESSIBILITY["en"])
    agreements = add(
        home,
        AgreementIndexPage(
            title="توافق‌نامهٔ سطح خدمت",
            slug="agreements",
            show_in_menus=True,
            search_description="آنچه به شما قول داده‌ایم، با امضا و تاریخ.",
        ),
    )
    _translate(
        agreements,
        en,
        "Service level agreement",
        search_description="What we have promised you, signed and dated.",
    )
    notices = add(
        home,
        NoticeIndexPage(title="اطلاعیه‌ها", slug="notices", show_in_menus=True),
    )
    _translate(notices, en, "Notices")
    return privacy, access


def _groups(language: str) -> list[texts.Raw]:
    return [
        {
            "type": "group",
            "value": {
                "heading": heading,
                "questions": [
                    {"question": question, "answer": f"<p>{answer}</p>"}
                    for question, answer in questions
                ],
            },
        }
        for heading, questions in texts.FAQ[language]
    ]


def _departments(home: Page, en: Locale) -> None:
    index = add(
        home, DepartmentIndexPage(title="دپارتمان‌ها", slug="departments", show_in_menus=True)
    )
    _translate(index, en, "Departments")
    for key, name, name_en, _phone, about, about_en in texts.DEPARTMENTS:
        page = add(
            index,
            DepartmentPage(
                title=name,
                slug=key,
                department=Department.objects.get(key=key),
                search_description=about,
                body=[texts.paragraph(about)],
            ),
        )
        _translate(page, en, name_en, search_description=about_en, body=[texts.paragraph(about_en)])


def _services(home: Page, en: Locale) -> None:
    index = add(home, ServiceIndexPage(title="خدمات", slug="services", show_in_menus=True))
    _translate(index, en, "Services")
    for key, _code, _dep, _delivery, name, name_en, about, about_en, duration in texts.SERVICES:
        page = add(
            index,
            ServicePage(
                title=name,
                slug=key,
                service=Service.objects.get(key=key),
                search_description=about,
                duration=duration,
                body=[texts.paragraph(about)],
                documents=texts.DOCUMENTS["fa"],
                steps=texts.STEPS["fa"],
            ),
        )
        _translate(
            page,
            en,
            name_en,
            search_description=about_en,
            duration="",
            body=[texts.paragraph(about_en)],
            documents=texts.DOCUMENTS["en"],
            steps=texts.STEPS["en"],
        )
