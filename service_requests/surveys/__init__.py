"""Surveys (R20): composed by editors, answered once, and kept so that no answer leads to anybody.

questions → composing → permits → answering → releasing → figures → showing; docs/surveys.md.
"""
