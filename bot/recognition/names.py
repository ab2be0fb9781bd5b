"""The names that recognition may report, and the order of risk. They are a contract: other tools read them."""

CONCERNS = (
    "domestic_abuse",
    "coercive_control",
    "sexual_violence",
    "sexual_exploitation",
    "stalking_harassment",
    "image_based_abuse",
    "harmful_practices",
    "public_space_safety",
    "spiking",
    "sexual_harassment",
    "child_at_risk",
    "self_harm_suicide",
    "worried_about_someone",
    "own_behaviour",
)
REQUESTS = (
    "find_service",
    "find_safe_place",
    "safety_planning",
    "talk_to_person",
    "privacy_question",
    "report_crime",
    "housing_help",
    "money_help",
    "legal_help",
    "immigration_help",
    "health_help",
    "support_for_business",
    "volunteer_or_forum",
    "language_help",
    "how_it_works",
    "opening_hours",
)
EXIT = "stop_or_exit"
SOCIAL = (
    "greet",
    "thanks",
    "goodbye",
    "affirm",
    "deny",
    "unsure",
    "insult_or_test",
    "chit_chat",
    "repeat_or_confused",
    EXIT,
)
OTHER = "other"
INTENTS = (*CONCERNS, *REQUESTS, *SOCIAL, OTHER)

RISKS = ("none", "standard", "high", "immediate")
"""Lowest first."""

DANGERS = ("attack", "medical", "spiked")
"""Kinds of danger now: each has an emergency line of its own."""


def higher_risk(one: str, other: str) -> str:
    """Return the graver of two risks."""
    return max(one, other, key=RISKS.index)
