"""Addresses of the citizens' pages; none of them holds anything personal."""

from django.urls import path

from service_requests.views import (
    case,
    check,
    contacts,
    question,
    receipt,
    receipt_check,
    recover,
    submit,
    surveys,
    track,
)

app_name = "service_requests"

urlpatterns = [
    path("new/", submit.kind, name="submit"),
    path("new/person/", submit.person, name="submit_person"),
    path("new/words/", submit.words, name="submit_words"),
    path("new/words/<uuid:attachment_id>/remove/", submit.remove_file, name="remove_file"),
    path("new/check/", check.check, name="submit_check"),
    path("receipt/", receipt.receipt, name="receipt"),
    path("receipt/pdf/", receipt.pdf, name="receipt_pdf"),
    path("receipt/kept/", receipt.kept, name="receipt_kept"),
    path("receipt/contacts/", contacts.after_submission, name="receipt_contacts"),
    path("receipt/check/", receipt_check.check, name="receipt_check"),
    path("recover/", recover.ask, name="recover"),
    path("recover/code/", recover.code, name="recover_code"),
    path("recover/cases/", recover.cases, name="recover_cases"),
    path("recover/password/", recover.password, name="recover_password"),
    path("recover/password/kept/", recover.kept, name="recover_kept"),
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
    path("case/contacts/", contacts.of_case, name="case_contacts"),
    path("case/export/", case.export, name="case_export"),
    path("case/leave/", track.leave, name="leave"),
    path("survey/", surveys.survey, name="survey"),
    path("survey/link/", surveys.link, name="survey_link"),
    path("survey/desk/", surveys.general, name="survey_desk"),
    path("survey/thanks/", surveys.thanks, name="survey_thanks"),
    path("question/", question.enter, name="question"),
    path("question/answer/", question.answer, name="question_answer"),
    path("question/files/<uuid:attachment_id>/", question.file, name="question_file"),
]
