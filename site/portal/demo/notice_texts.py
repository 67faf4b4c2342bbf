"""What the demo's notices say; what happened, and where, is invented."""

from dataclasses import dataclass

from notices.enums import Impact


@dataclass(frozen=True)
class Words:
    """Title and message."""

    title: str
    message: str


@dataclass(frozen=True)
class Past:
    """A fault that is over: whom it touched, when it began, how long it went on."""

    slug: str
    service: str
    impact: Impact
    days_ago: int
    minutes: int
    told_after: int
    title: str
    message: str
    resolved: str


PAST = [
    Past("permits-down", "housing-permit", Impact.MAJOR, 71, 95, 10,
         "استعلام پروانهٔ ساختمان در دسترس نبود",
         "سامانهٔ پروانه‌ها پاسخ نمی‌دهد. درخواست‌های شما ثبت می‌شود و پس از برقراری بررسی می‌شود.",
         "ارتباط با سامانهٔ پروانه‌ها برقرار شد. هیچ درخواستی از دست نرفته است."),
    Past("land-partial", "land-enquiry", Impact.PARTIAL, 47, 150, 20,
         "پاسخ ندادن به بخشی از استعلام‌های زمین",
         "به استعلام زمین‌های دو شهرستان پاسخ داده نمی‌شود. دیگر استعلام‌ها مانند همیشه پاسخ می‌گیرند.",
         "علت، پر شدن حافظهٔ یک سرور بود. حافظه افزایش یافت و همهٔ استعلام‌ها پاسخ می‌گیرند."),
    Past("permits-slow", "housing-permit", Impact.PARTIAL, 12, 40, 5,
         "اختلال در استعلام پروانهٔ ساختمان",
         "برخی استعلام‌ها بی‌پاسخ می‌ماند. لطفاً نیم ساعت دیگر دوباره تلاش کنید.",
         "اختلال برطرف شد. از شکیبایی شما سپاسگزاریم."),
]  # fmt: skip

DONE = Words(
    "جابه‌جایی سامانهٔ نقشه به سرور تازه",
    "در این سه ساعت استعلام زمین پاسخ داده نمی‌شود. ثبت درخواست برقرار است.",
)
SLOW = Words(
    "کندی در پاسخ به استعلام زمین",
    "پاسخ سامانهٔ نقشه دیر می‌رسد. درخواست‌ها ثبت می‌شوند و چیزی از دست نمی‌رود.",
)
IDENTIFIED = "علت پیدا شد: نگهداری در مرکز دادهٔ همکار. نتیجه را همین‌جا می‌نویسیم."
COMING = Words(
    "به‌روزرسانی سامانهٔ پروانه‌ها",
    "در این سه ساعت استعلام پروانه پاسخ داده نمی‌شود. ثبت درخواست برقرار است.",
)
ROAD = Words(
    "برف و یخ‌بندان در گردنهٔ سپیدکوه",
    "گردنهٔ سپیدکوه لغزنده است و تنها خودروهای دارای زنجیر چرخ از آن می‌گذرند.",
)
ROAD_FACTS = {
    "area": "راه روستایی سپیدرود به سبزدشت، کیلومتر ۱۲ تا ۲۱، گردنهٔ سپیدکوه",
    "area_en": "Rural road from Sepidrud to Sabzdasht, km 12 to 21, Sepidkuh pass",
    "shape": "34.71, 52.31\n34.74, 52.38\n34.69, 52.42\n34.66, 52.35",
    "instruction": "تا پایان هشدار از راه پایین‌دست بروید. اگر ناچارید از گردنه بگذرید، زنجیر چرخ، "
    "لباس گرم و سوخت کافی همراه داشته باشید.",
    "instruction_en": "Take the lower road until this warning ends. If you have to cross the pass, "
    "carry snow chains, warm clothes and enough fuel.",
}

TEMPLATE_NAME = "نگهداری شبانه"
TEMPLATE = {
    "title": "نگهداری برنامه‌ریزی‌شدهٔ {services}",
    "title_en": "Planned maintenance of {services}",
    "message": "از {start} تا {end} به {services} پاسخ داده نمی‌شود ({duration}). "
    "درخواست‌های ثبت‌شده از دست نمی‌رود.",
    "message_en": "From {start} until {end} there are no answers to {services} ({duration}). "
    "Requests that were registered are not lost.",
}
RULE = {
    "title": "نگهداری ماهانهٔ سامانهٔ تابلوها",
    "title_en": "Monthly maintenance of the system of road signs",
    "message": "{day} به مدت {duration} پاسخ به درخواست‌های نصب تابلو کند است. "
    "ثبت درخواست برقرار است.",
    "message_en": "On {day}, for {duration}, answers to requests for road signs are slow. "
    "Requests can be registered as always.",
}
MONITOR = "همگام‌سازی شبانهٔ پروانه‌ها"
