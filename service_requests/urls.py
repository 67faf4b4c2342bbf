"""Addresses of the citizens' pages; none of them holds anything personal."""

from django.urls import path

from service_requests.views import case, check, form, later, question, receipt, submit, track

app_name = "service_requests"

urlpatterns = [
    path("new/", submit.kind, name="submit"),
    path("new/person/", submit.person, name="submit_person"),
    path("new/words/", submit.words, name="submit_words"),
    path("new/words/<uuid:attachment_id>/remove/", submit.remove_file, name="remove_file"),
    path("new/check/", check.check, name="submit_check"),
    path("forms/<slug:key>/", form.begin, name="form"),
    path("forms/<slug:key>/check/", check.check_form, name="form_check"),
    path("forms/<slug:key>/<slug:slug>/", form.step, name="form_step"),
    path(
        "forms/<slug:key>/<slug:slug>/<uuid:attachment_id>/remove/",
        form.remove_file,
        name="form_remove_file",
    ),
    path("later/", later.later, name="later"),
    path("resume/", later.resume, name="resume"),
    path("resume/on/", later.on, name="on"),
    path("receipt/", receipt.receipt, name="receipt"),
    path("receipt/pdf/", receipt.pdf, name="receipt_pdf"),
    path("receipt/kept/", receipt.kept, name="receipt_kept"),
    path("track/", track.track, name="track"),
    path("case/", case.case, name="case"),
    path("case/message/", case.message, name="case_message"),
    path("case/objection/", case.objection, name="case_objection"),
    path("case/reopening/", case.reopening, name="case_reopening"),
    path("case/withdrawal/", case.withdrawal, name="case_withdrawal"),
    path("case/visit/", case.visit, name="case_visit"),
    path("case/visit/decline/", case.decline_visit, name="case_visit_decline"),
    path("case/visit/calendar/", case.visit_calendar, name="case_visit_calendar"),
    path("case/survey/", case.survey, name="case_survey"),
    path("case/files/<uuid:attachment_id>/", case.file, name="case_file"),
    path("case/letters/<uuid:letter_id>/", case.letter, name="case_letter"),
    path("case/export/", case.export, name="case_export"),
    path("case/leave/", track.leave, name="leave"),
    path("question/", question.enter, name="question"),
    path("question/answer/", question.answer, name="question_answer"),
    path("question/files/<uuid:attachment_id>/", question.file, name="question_file"),
]
