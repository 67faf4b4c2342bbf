"""Addresses of agreements that are no pages; below `agreements/` in each language."""

from django.urls import path

from sla.views import sign, texts
from sla.views.verify import verify

app_name = "sla"
urlpatterns = [
    path("verify/", verify, name="verify"),
    path("sign/", sign.enter, name="sign"),
    path("sign/text/", sign.text, name="sign_text"),
    path("sign/text/agreement.pdf", sign.offered, name="sign_pdf"),
    path("<slug:key>/<int:number>/text.json", texts.text, name="text"),
    path("<slug:key>/<int:number>/agreement.pdf", texts.pdf, name="pdf"),
]
