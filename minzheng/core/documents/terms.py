"""The closed vocabulary of documents: what a paper is, and of which media it may be."""

from enum import StrEnum


class Kind(StrEnum):
    """What a document shows; a procedure asks for material by these words."""

    identity = "identity"
    hukou = "hukou"
    marriage = "marriage"
    disability = "disability"
    medical = "medical"
    enrolment = "enrolment"
    income = "income"
    assets = "assets"
    residence = "residence"
    bank_book = "bank_book"
    application = "application"
    authorisation = "authorisation"
    visit_photo = "visit_photo"
    signature = "signature"
    letter = "letter"
    other = "other"


KINDS = {
    Kind.identity: "身份证",
    Kind.hukou: "户口簿",
    Kind.marriage: "婚姻证明",
    Kind.disability: "残疾证",
    Kind.medical: "病历、诊断证明",
    Kind.enrolment: "在读证明",
    Kind.income: "收入证明",
    Kind.assets: "财产证明",
    Kind.residence: "居住证明",
    Kind.bank_book: "存折、银行卡",
    Kind.application: "申请书",
    Kind.authorisation: "核对授权书",
    Kind.visit_photo: "入户照片",
    Kind.signature: "签名",
    Kind.letter: "文书",
    Kind.other: "其他材料",
}
JPEG, PDF = "image/jpeg", "application/pdf"
#: Media as kept → ending of the name that it is sent under. Every picture is kept as JPEG.
MEDIA = {JPEG: ".jpg", PDF: ".pdf"}
TURNS = (0, 90, 180, 270)


def label(kind: str) -> str:
    """The word for a kind; an unknown one stands for itself."""
    return KINDS[Kind(kind)] if kind in KINDS else kind
