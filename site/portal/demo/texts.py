"""What the demo's pages say. The body, its people and its places are invented."""

from typing import Any

Raw = dict[str, Any]

SETTINGS = {
    "desk_name": "میز خدمت الکترونیک",
    "desk_name_en": "Electronic service desk",
    "body_name": "ادارهٔ کل خدمات استان نمونه",
    "body_name_en": "General Directorate of Services, Sample Province",
    "ministry": "وزارت خدمات عمومی",
    "ministry_en": "Ministry of Public Services",
    "province": "نمونه",
    "province_en": "Sample",
    "director_name": "بهار فرزانه",
    "director_name_en": "Bahar Farzaneh",
    "director_post": "مدیر کل",
    "director_post_en": "Director General",
    "address": "شهر نمونه، بلوار خدمت، شمارهٔ ۱۲",
    "address_en": "12 Khedmat Boulevard, Sample City",
    "postal_code": "3813456789",
    "phone": "086 3333 4400",
    "email": "desk@desk.example",
}

# key, name, English name, phone, what it does, in English
DEPARTMENTS = [
    ("roads", "راه‌های روستایی", "Rural roads", "086 3333 4410",
     "ساخت، نگهداری و ایمنی راه‌های روستایی استان.",
     "Building, maintenance and safety of the province's rural roads."),
    ("housing", "مسکن و ساختمان", "Housing and construction", "086 3333 4420",
     "پروانه‌ها، نظام فنی ساختمان و مسکن محرومان.",
     "Permits, technical rules of construction and housing for those in need."),
    ("land", "امور زمین", "Land affairs", "086 3333 4430",
     "واگذاری زمین، اسناد و پاسخ به استعلام‌ها.",
     "Allocation of land, deeds and answers to enquiries."),
    ("transport", "ایمنی و ترافیک", "Safety and traffic", "086 3333 4440",
     "تابلوها، نقاط حادثه‌خیز و مجوز بارهای ترافیکی.",
     "Road signs, accident black spots and permits for oversized loads."),
]  # fmt: skip

# key, code, department, delivery, name, English name, summary, English summary, duration
SERVICES = [
    ("road-repair", "13061000100", "roads", "electronic",
     "درخواست ترمیم راه روستایی", "Repair of a rural road",
     "برای گزارش خرابی راه و درخواست ترمیم آن.",
     "Report damage to a road and ask for its repair.", "بسته به فصل و بودجه"),
    ("road-sign", "13061000200", "transport", "electronic",
     "درخواست نصب تابلو و سرعت‌گیر", "Road signs and speed humps",
     "برای راه‌هایی که علامت یا سرعت‌گیر لازم دارند.",
     "For roads that need a sign or a speed hump.", "پس از بازدید کارشناس"),
    ("housing-permit", "13062000100", "housing", "electronic",
     "استعلام پروانهٔ ساختمان", "Enquiry about a building permit",
     "آگاهی از وضعیت پروندهٔ پروانهٔ ساختمان.",
     "Learn how the file of a building permit stands.", "همان روز کاری"),
    ("land-enquiry", "13063000100", "land", "electronic",
     "استعلام وضعیت زمین", "Enquiry about a plot of land",
     "پاسخ به استعلام مالکیت و کاربری زمین.",
     "Answers about ownership and use of land.", "پس از بررسی نقشه"),
    ("map-copy", "13063000200", "land", "in_person",
     "دریافت رونوشت نقشه", "Copy of a map",
     "رونوشت برابر اصل نقشه‌های بایگانی.",
     "Certified copies of archived maps.", "در همان مراجعه"),
]  # fmt: skip

NEEDS = [
    ("road", "راه و جاده", "Roads", ["road-repair", "road-sign"]),
    ("building", "خانه و ساختمان", "House and building", ["housing-permit"]),
    ("land", "زمین و نقشه", "Land and maps", ["land-enquiry", "map-copy"]),
]


def paragraph(text: str) -> Raw:
    """A block of running text."""
    return {"type": "paragraph", "value": f"<p>{text}</p>"}


def heading(text: str) -> Raw:
    """A heading inside a page."""
    return {"type": "heading", "value": {"text": text, "level": "h2"}}


def needed(name: str, note: str = "") -> Raw:
    """A document to bring."""
    value = {"name": name, "note": note, "optional": False, "document": None}
    return {"type": "needed", "value": value}


def step(title: str, by: str = "applicant") -> Raw:
    """A step of a service."""
    return {"type": "step", "value": {"title": title, "text": "", "by": by}}


HERO = "درخواست یا شکایت خود را در هر ساعت ثبت کنید، با یک کد پیگیری کنید و پاسخ را همین‌جا ببینید."
HERO_EN = (
    "Register your request or complaint at any hour, follow it with one code, read the answer here."
)

DOCUMENTS = {
    "fa": [
        needed("کارت ملی", "تصویر پشت و رو"),
        needed("نشانی دقیق محل", "روستا، کیلومتر یا پلاک"),
    ],
    "en": [
        needed("National ID card", "both sides"),
        needed("Exact place", "village, km or number"),
    ],
}
STEPS = {
    "fa": [
        step("درخواست را ثبت می‌کنید و کد رهگیری می‌گیرید"),
        step("کارشناس بررسی و در صورت نیاز بازدید می‌کند", "body"),
        step("پاسخ در صفحهٔ پیگیری می‌آید و با پیامک خبر می‌دهیم", "body"),
    ],
    "en": [
        step("You register the request and get a tracking code"),
        step("An officer examines it and visits the place if needed", "body"),
        step("The answer stands on the tracking page, and we tell you by SMS", "body"),
    ],
}

FAQ = {
    "fa": [
        ("ثبت و پیگیری", [
            ("برای ثبت درخواست باید حساب بسازم؟",
             "خیر. هیچ حسابی لازم نیست؛ کد رهگیری و رمز کافی است."),
            ("رمز را گم کرده‌ام. چه کنم؟",
             "رمز را هیچ‌کس نمی‌تواند بخواند. با مدرک شناسایی به میز خدمت بیایید تا رمز نو بگیرید."),
            ("آیا هزینه‌ای دارد؟", "خیر، همهٔ خدمات رایگان است."),
        ]),
        ("شکایت", [
            ("شکایت مرا چه کسی می‌بیند؟",
             "دفتر رسیدگی به شکایات. واحدی که از آن شکایت دارید، به‌تنهایی آن را نمی‌بیند."),
        ]),
    ],
    "en": [
        ("Registering and tracking", [
            ("Do I need an account?", "No. A tracking code and a password are enough."),
            ("I have lost my password.",
             "Nobody can read it. Come to the desk with your identity document for a new one."),
            ("Does it cost anything?", "No, every service is free of charge."),
        ]),
    ],
}  # fmt: skip

PRIVACY = {
    "fa": [
        heading("چه چیزی نگه می‌داریم"),
        paragraph("تنها آنچه برای رسیدگی لازم است: نام، شناسه، راه تماس، و آنچه می‌نویسید."),
        heading("چگونه نگه می‌داریم"),
        paragraph("رمزگذاری‌شده؛ کلید هر پرونده جداست و هر خواندن ثبت می‌شود."),
        heading("چه کسی می‌بیند"),
        paragraph("تنها کارکنانی که روی پرونده کار می‌کنند. در پیامک و نشانی صفحه چیزی از آن نیست."),
    ],
    "en": [
        heading("What we keep"),
        paragraph("Only what is needed: name, identifier, contact, and what you write."),
        heading("How we keep it"),
        paragraph("Encrypted, each case under a key of its own; every reading is recorded."),
        heading("Who sees it"),
        paragraph("Only the staff who work on your case. Nothing of it is in SMS or addresses."),
    ],
}  # fmt: skip

ABOUT_DESK = {
    "fa": [
        paragraph("میز خدمت شما را راهنمایی می‌کند، مدارک را می‌گیرد و زمان پاسخ را می‌گوید."),
        paragraph("اگر نمی‌توانید اینترنتی ثبت کنید، همین‌جا برایتان ثبت می‌کنند و رسید می‌دهند."),
    ],
    "en": [
        paragraph("The desk guides you, takes your documents and tells when you hear from us."),
        paragraph("If you cannot register online, they do it for you here and hand you a receipt."),
    ],
}

ACCESSIBILITY = {
    "fa": [paragraph(
        "این وب‌گاه بدون جاوااسکریپت، با صفحه‌کلید، با صفحه‌خوان و با بزرگ‌نمایی ۴۰۰ درصد کار می‌کند. "
        "اگر جایی برایتان دشوار بود، به میز خدمت زنگ بزنید."
    )],
    "en": [paragraph(
        "This site works without JavaScript, by keyboard, with screen readers and at 400 % zoom. "
        "If anything is hard for you, call the desk."
    )],
}  # fmt: skip
