"""Which words may a rule set use? Every choice that rules are written in, with its Danish label."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from units.models import Basis, Goal

__all__ = [
    "CODES_OF_KIND",
    "IN_FORCE",
    "Access",
    "AccessModel",
    "Actor",
    "Basis",
    "ClockEvent",
    "ClosingOption",
    "Duty",
    "Goal",
    "Insufficient",
    "LineStatus",
    "MainExamination",
    "MapKind",
    "Modality",
    "RecipientKind",
    "RequirementKind",
    "RuleSetKind",
    "Service",
    "Significance",
    "Status",
    "StepKind",
    "Strictness",
    "Topic",
    "Track",
    "UnknownState",
    "YesNo",
]


class RuleSetKind(TextChoices):
    NATIONAL = "national", _("national beskrivelse")
    CATCHMENT = "catchment", _("optageområder")
    TRACK = "track", _("udredningsspor")
    IMAGING = "imaging", _("billeddiagnostik")


class Service(TextChoices):
    """What a catchment is drawn for."""

    DIAGNOSTIC = "diagnostic", _("udredning")
    REFERRAL_OFFICE = "referral_office", _("visitation")
    IMAGING = "imaging", _("billeddiagnostik")


class Track(TextChoices):
    """A way through a diagnostic unit."""

    MAS = "MAS", _("Mistanke om alvorlig sygdom")
    MUP = "MUP", _("Metastase uden kendt primærtumor")
    ALTERNATIVE = "ALTERNATIVE", _("Alternativt spor (spor 2)")
    DAY_HOSPITAL = "DAY_HOSPITAL", _("Daghospital")


class Significance(TextChoices):
    """How much a revision changes for a reader: a small correction tells nobody."""

    MAJOR = "MAJOR", _("væsentlig ændring")
    MINOR = "MINOR", _("mindre rettelse")


class Status(TextChoices):
    """Where a revision stands between being written and being read."""

    DRAFT = "DRAFT", _("kladde")  # may be edited
    IN_REVIEW = "IN_REVIEW", _("til godkendelse")  # frozen until someone else decides
    PUBLISHED = "PUBLISHED", _("udgivet")  # approved for ever; in force is a question with a date
    SUPERSEDED = "SUPERSEDED", _("erstattet")  # another revision was published for the same start
    DISCARDED = "DISCARDED", _("kasseret")  # put aside, kept for the record
    RETRACTED = "RETRACTED", _("taget tilbage som fejl")  # approved, but never was right


class LineStatus(TextChoices):
    """May a line be read as a rule in force? Only the first two may."""

    CURRENT = "current", _("gælder")
    CURRENT_UNDATED = "current_undated", _("gælder efter ejerens side, som er uden dato")
    SUPERSEDED = "superseded", _("afløst")  # grey background until what replaced it is read
    HISTORICAL = "historical", _("var sådan, ikke bekræftet siden")
    ENDED = "ended", _("ophørt")
    EVIDENCE = "evidence", _("undersøgelse eller udtalelse, ingen regel")
    UNVERIFIED = "unverified", _("ikke efterprøvet, kun for redaktører")
    INFERRED_FROM_OTHER = "inferred_from_other", _("skrevet om noget andet, kun for redaktører")


IN_FORCE = (LineStatus.CURRENT, LineStatus.CURRENT_UNDATED)


class Actor(TextChoices):
    GP = "GP", _("egen læge")
    UNIT = "UNIT", _("udredningsenheden")
    IMAGING = "IMAGING", _("billeddiagnostisk afdeling")
    REFERRAL_OFFICE = "REFERRAL_OFFICE", _("visitationen")
    HOSPITAL = "HOSPITAL", _("sygehusafdelingen")
    MDT = "MDT", _("MDT-konferencen")
    COORDINATOR = "COORDINATOR", _("forløbskoordinatoren")
    GP_OR_HOSPITAL = "GP_OR_HOSPITAL", _("egen læge eller sygehusafdeling")
    GP_OR_UNIT = "GP_OR_UNIT", _("egen læge eller udredningsenheden")


class RequirementKind(TextChoices):
    """What a rule is about. The order is the order in which a GP meets the matters."""

    OFFERED = "offered", _("sporet findes")
    PATIENTS = "patients", _("patienter på sporet")  # how many, and which
    TARGET_GROUP = "target_group", _("målgruppe")
    CRITERIA = "criteria", _("kriterier")
    EXCLUSION = "exclusion", _("hører ikke til her")
    FUNCTIONAL_STATUS = "functional_status", _("funktionsniveau")
    CLINICAL_EXAMINATION = "clinical_examination", _("objektiv undersøgelse")
    BLOOD_TESTS = "blood_tests", _("blodprøver")
    IMAGING = "imaging", _("billeddiagnostik")
    PHONE_ADVICE = "phone_advice", _("telefonisk rådgivning")
    HEADER_TEXT = "header_text", _("overskrift i henvisningen")
    REFERRAL_CONTENT = "referral_content", _("henvisningens indhold")
    TEXT_LIMIT = "text_limit", _("største tekstlængde")
    RECIPIENT = "recipient", _("modtager")
    PACKAGE_REFERRAL = "package_referral", _("findes i lægesystemets pakkehenvisning")
    PATIENT_INFORMATION = "patient_information", _("information til patienten")
    INSUFFICIENT = "insufficient", _("hvis noget mangler")
    RETRIAGE = "retriage", _("kan omvisitere til")
    RESPONSIBILITY = "responsibility", _("ansvar")
    COORDINATION = "coordination", _("koordinering")
    PROCESS = "process", _("forløb")
    DEADLINE = "deadline", _("tider")
    WAITING_TIME = "waiting_time", _("ventetid")
    GOAL = "goal", _("mål med udredningen")
    CLOSING = "closing", _("afslutning")
    ACCESS_MODEL = "access_model", _("model for adgang til billeddiagnostik")
    AROUND = "around", _("rundt om forløbet")  # free choice, temporary stay, moving meanwhile


class Strictness(TextChoices):
    MUST = "MUST", _("skal")
    SHOULD = "SHOULD", _("bør")
    MAY = "MAY", _("kan")
    GUIDING = "GUIDING", _("vejledende")
    PRACTICE = "PRACTICE", _("praksis")


class YesNo(TextChoices):
    YES = "YES", _("ja")
    NO = "NO", _("nej")


class RecipientKind(TextChoices):
    UNIT = "UNIT", _("udredningsenheden")
    REFERRAL_OFFICE = "REFERRAL_OFFICE", _("visitationsenheden")
    IMAGING = "IMAGING", _("billeddiagnostisk afdeling")


class Insufficient(TextChoices):
    """What happens to a referral that lacks something."""

    REJECTED = "REJECTED", _("afvises")
    ASKED = "ASKED", _("henviser kontaktes")
    RETRIAGED = "RETRIAGED", _("omvisiteres")
    NEVER_REJECTED = "NEVER_REJECTED", _("afvises ikke")


class ClosingOption(TextChoices):
    SPECIALIST = "SPECIALIST", _("specialafdeling")
    ORGAN_PACKAGE = "ORGAN_PACKAGE", _("organspecifikt pakkeforløb")
    MUP = "MUP", _("sporet for metastaser uden kendt primærtumor")
    GP_TREATMENT = "GP_TREATMENT", _("behandling hos egen læge")
    GP_FOLLOW_UP = "GP_FOLLOW_UP", _("opfølgning hos egen læge")
    DISCHARGE_LETTER = "DISCHARGE_LETTER", _("afslutning med epikrise")
    OTHER_WORK_UP = "OTHER_WORK_UP", _("anden udredning")


class Duty(TextChoices):
    """Who does what about a test: the relay chart of responsibility."""

    ORDERS = "ORDERS", _("bestiller")
    FOLLOWS_UP = "FOLLOWS_UP", _("følger op")
    INFORMS = "INFORMS", _("informerer patienten")
    ACTS_ON_FINDING = "ACTS_ON_FINDING", _("handler på fund")


class ClockEvent(TextChoices):
    """What a time limit is counted from, or ends with. "4 dage fra X til Y"."""

    SUSPICION = "SUSPICION", _("mistanken")
    ORDERED = "ORDERED", _("undersøgelsen er bestilt")
    EXAMINED = "EXAMINED", _("undersøgelsen er udført")
    ANSWERED = "ANSWERED", _("egen læge har svar")
    PATIENT_ANSWERED = "PATIENT_ANSWERED", _("patienten har svar")
    REFERRAL_SENT = "REFERRAL_SENT", _("henvisningen er sendt")
    REFERRAL_RECEIVED = "REFERRAL_RECEIVED", _("henvisningen er modtaget")
    FIRST_VISIT = "FIRST_VISIT", _("første fremmøde")
    WORK_UP_ENDED = "WORK_UP_ENDED", _("udredningen er afsluttet")
    ONCOLOGY_VISIT = "ONCOLOGY_VISIT", _("første fremmøde på onkologisk afdeling")
    TREATMENT_OFFERED = "TREATMENT_OFFERED", _("behandling er tilbudt")
    TREATMENT_STARTED = "TREATMENT_STARTED", _("behandlingen er begyndt")


class StepKind(TextChoices):
    SUSPICION = "suspicion", _("mistanke")
    BLOOD_TESTS = "blood_tests", _("blodprøver")
    IMAGING = "imaging", _("billeddiagnostik")
    REFERRAL = "referral", _("henvisning")
    TRIAGE = "triage", _("visitation")
    ORDERS = "orders", _("supplerende undersøgelser")
    FIRST_VISIT = "first_visit", _("første fremmøde")
    CONFERENCE = "conference", _("konference")
    LOOP = "loop", _("gentagelse")
    CLOSURE = "closure", _("afslutning")


class Access(TextChoices):
    """May a GP refer to this examination?"""

    DIRECT = "DIRECT", _("ja, direkte")
    TRIAGED = "TRIAGED", _("efter radiologens visitation")
    IN_PACKAGE = "IN_PACKAGE", _("kun som led i pakkeforløb")
    VIA_UNIT = "VIA_UNIT", _("gennem sygehusafdeling")
    NOT_OFFERED = "NOT_OFFERED", _("nej, tilbydes ikke")
    UNKNOWN = "UNKNOWN", _("ikke fundet")


class Modality(TextChoices):
    CT = "CT", _("CT")
    XRAY = "XRAY", _("røntgen")
    ULTRASOUND = "ULTRASOUND", _("ultralyd")
    MRI = "MRI", _("MR")
    PET_CT = "PET_CT", _("PET-CT")
    SEVERAL = "SEVERAL", _("flere undersøgelser")


class MainExamination(TextChoices):
    """The six examinations that every place is answered for."""

    CT_TAP = "CT_TAP", _("CT af thorax, abdomen og bækken")
    CT_THORAX = "CT_THORAX", _("CT af thorax")
    CT_ABDOMEN = "CT_ABDOMEN", _("CT af abdomen")
    XRAY_THORAX = "XRAY_THORAX", _("røntgen af thorax")
    US_ABDOMEN = "US_ABDOMEN", _("ultralyd af abdomen")
    MR = "MR", _("MR")


class AccessModel(TextChoices):
    """VIVE's three local models of how a GP reaches imaging outside the packages."""

    DIRECT = "1", _("model 1: direkte adgang")
    IN_PACKAGE = "2", _("model 2: kun som første del af diagnostisk pakkeforløb")
    HOSPITAL = "3", _("model 3: sygehuset tager alle (spor 2)")


class MapKind(TextChoices):
    """What kind of map does an area's unit rest on?"""

    DECIDED = "decided", _("egen oplysning om udredning")
    REGION_LIST = "region_list", _("regionens liste over akuthospitalernes områder")
    HOSPITAL_PAGE = "hospital_page", _("hospitalets egen side om sit optageområde")
    PROPOSAL_2019 = "proposal_2019", _("kort i regeringens udspil fra 2019, ikke vedtaget")
    OTHER = "other", _("andet")


class UnknownState(TextChoices):
    """Whose ignorance is it? Nobody can say that something stands nowhere."""

    NOT_FOUND = "not_found", _("ikke fundet i de kilder, vi har læst")
    PUBLIC_NOT_READ = "public_not_read", _("står sandsynligvis her – ikke læst endnu")


class Topic(TextChoices):
    """What can be known or unknown about a place, a track or an examination.

    A lead names the topics it may answer, and an unknown names its own.
    """

    UNIT = "unit", _("udredningsenhed")
    CATCHMENT = "catchment", _("optageområde")
    RECIPIENT = "recipient", _("hvor henvisningen sendes hen")
    LOCATION_NUMBER = "location_number", _("lokationsnummer")
    SOR_SHAK = "sor_shak", _("SOR- og SHAK-kode")
    PHONE = "phone", _("telefon")
    CRITERIA = "criteria", _("kriterier")
    BLOOD_TESTS = "blood_tests", _("blodprøver før henvisning")
    IMAGING = "imaging", _("billeddiagnostik før henvisning")
    HEADER_TEXT = "header_text", _("overskrift i henvisningen")
    REFERRAL_CONTENT = "referral_content", _("henvisningens indhold")
    TEXT_LIMIT = "text_limit", _("største tekstlængde")
    INSUFFICIENT = "insufficient", _("hvad der sker, hvis noget mangler")
    TIMES = "times", _("forløbstider")
    CLOSING = "closing", _("afslutning")
    CT_TAP = "access:CT_TAP", _("adgang til CT af thorax, abdomen og bækken")
    CT_THORAX = "access:CT_THORAX", _("adgang til CT af thorax")
    CT_ABDOMEN = "access:CT_ABDOMEN", _("adgang til CT af abdomen")
    XRAY_THORAX = "access:XRAY_THORAX", _("adgang til røntgen af thorax")
    US_ABDOMEN = "access:US_ABDOMEN", _("adgang til ultralyd af abdomen")
    MR = "access:MR", _("adgang til MR")
    ACCESS_MODEL = "access_model", _("model for adgang til billeddiagnostik")
    AROUND = "around", _("frit valg, ophold og flytning")
    FIGURES = "figures", _("tal for aktivitet")
    OTHER = "other", _("andet")


# A rule of these kinds may carry a code, so that it can be filtered, compared and drawn.
CODES_OF_KIND: dict[str, type[TextChoices]] = {
    RequirementKind.OFFERED: YesNo,
    RequirementKind.IMAGING: Modality,
    RequirementKind.RECIPIENT: RecipientKind,
    RequirementKind.PACKAGE_REFERRAL: YesNo,
    RequirementKind.INSUFFICIENT: Insufficient,
    RequirementKind.RETRIAGE: Track,
    RequirementKind.RESPONSIBILITY: Duty,
    RequirementKind.GOAL: Goal,
    RequirementKind.CLOSING: ClosingOption,
    RequirementKind.ACCESS_MODEL: AccessModel,
}
