"""Questions that are there before anybody composes any: the desk's own, and the official ten."""

from service_requests.enums import SurveyPurpose
from service_requests.surveys.questions import CSAT, NPS, TEXT, Definition, Question, Words

COMMENT = Question(
    "comment",
    TEXT,
    Words("چه چیزی را باید بهتر کنیم؟ نامی ننویسید.", "What should we do better? Write no names."),
)
#: The ten questions of the official survey of services, in its order.
OFFICIAL = tuple(
    Question(f"official-{number}", CSAT, Words(fa, en), required=number == 8)
    for number, (fa, en) in enumerate(
        (
            ("اطلاع‌رسانی دربارهٔ مراحل انجام کار", "Information about the steps"),
            ("اطلاع‌رسانی دربارهٔ مدت انجام کار", "Information about how long it takes"),
            (
                "رسیدگی به‌موقع و روشن به شکایت‌ها و نظرها",
                "Timely and clear handling of complaints and opinions",
            ),
            ("پاسخ‌گویی و امکان پیگیری وضعیت", "Answering, and following up the status"),
            ("دقت کارکنان و دوباره‌کاری نداشتن", "Accuracy of the staff, no rework"),
            ("تعداد پیگیری‌های لازم", "Number of follow-ups that were needed"),
            ("پایبندی به زمان اعلام‌شده", "Keeping to the promised time"),
            ("رضایت کلی از خدمت", "Overall satisfaction with the service"),
            ("اطمینان به اینکه مشکل حل می‌شود", "Trust that problems will be solved"),
            ("سرعت مناسب انجام کار", "Suitable speed"),
        ),
        start=1,
    )
)
_CLOSING = Definition(
    title=Words("کار چطور پیش رفت؟", "How was it?"),
    questions=(
        Question(
            "guidance",
            CSAT,
            Words(
                "از راهنمایی دربارهٔ مراحل کار چقدر راضی هستید؟",
                "How satisfied are you with how the steps were explained?",
            ),
        ),
        Question(
            "speed",
            CSAT,
            Words(
                "از سرعت انجام کار چقدر راضی هستید؟",
                "How satisfied are you with how quickly it went?",
            ),
        ),
        Question(
            "follow_up",
            CSAT,
            Words(
                "از امکان پیگیری کار چقدر راضی هستید؟",
                "How satisfied are you with how you could follow it?",
            ),
        ),
        Question(
            "accuracy",
            CSAT,
            Words(
                "از روشن و درست بودن پاسخ چقدر راضی هستید؟",
                "How satisfied are you with how clear and fitting the answer was?",
            ),
        ),
        Question(
            "overall",
            CSAT,
            Words("در مجموع چقدر راضی هستید؟", "How satisfied are you all in all?"),
            required=True,
        ),
        COMMENT,
    ),
)
_OUTAGE = Definition(
    title=Words("اطلاع‌رسانی و رفع قطعی چطور بود؟", "How was the outage dealt with?"),
    questions=(
        Question(
            "told",
            CSAT,
            Words(
                "از اطلاع‌رسانی دربارهٔ قطعی چقدر راضی هستید؟",
                "How satisfied are you with what you were told about the outage?",
            ),
        ),
        Question(
            "mended",
            CSAT,
            Words(
                "از سرعت رفع قطعی چقدر راضی هستید؟",
                "How satisfied are you with how quickly it was mended?",
            ),
        ),
        Question(
            "overall",
            CSAT,
            Words("در مجموع چقدر راضی هستید؟", "How satisfied are you all in all?"),
            required=True,
        ),
        COMMENT,
    ),
)
_GENERAL = Definition(
    title=Words("نظرسنجی میز خدمت", "Survey of the service desk"),
    questions=(
        *OFFICIAL,
        Question(
            "recommend",
            NPS,
            Words(
                "چقدر احتمال دارد استفاده از این میز خدمت را به دیگران پیشنهاد کنید؟",
                "How likely are you to recommend this service desk to others?",
            ),
        ),
        COMMENT,
    ),
)
#: What is asked while no survey was composed for a purpose.
OWN = {
    SurveyPurpose.CLOSING.value: _CLOSING,
    SurveyPurpose.OUTAGE.value: _OUTAGE,
    SurveyPurpose.GENERAL.value: _GENERAL,
}
