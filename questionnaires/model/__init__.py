"""The questionnaire as frozen objects: what a definition says, and nothing else.

Raw YAML becomes these objects once, in the loader. Rules that one field alone cannot show
(references, languages, conditions) are in `checks`.
"""

from questionnaires.model.basics import (
    LONGEST_ID,
    Identifier,
    Language,
    Many,
    MissingKind,
    Model,
    Reference,
    Slug,
)
from questionnaires.model.comparability import (
    Bridge,
    Comparability,
)
from questionnaires.model.items import (
    TARGET,
    AnyQuestion,
    Coarsening,
    Condition,
    Demographic,
    ExplanationItem,
    MaturityItem,
    MultipleChoiceItem,
    NumberItem,
    RatingItem,
    ResponseScale,
    SingleChoiceItem,
    target_name,
)
from questionnaires.model.questionnaire import (
    Licence,
    MissingCodes,
    Questionnaire,
    Section,
)
from questionnaires.model.scales import (
    Criterion,
    MaturityLevel,
    Recommendation,
    Scale,
    ScaleItem,
)

__all__ = [
    "LONGEST_ID",
    "TARGET",
    "AnyQuestion",
    "Bridge",
    "Coarsening",
    "Comparability",
    "Condition",
    "Criterion",
    "Demographic",
    "ExplanationItem",
    "Identifier",
    "Language",
    "Licence",
    "Many",
    "MaturityItem",
    "MaturityLevel",
    "MissingCodes",
    "MissingKind",
    "Model",
    "MultipleChoiceItem",
    "NumberItem",
    "Questionnaire",
    "RatingItem",
    "Recommendation",
    "Reference",
    "ResponseScale",
    "Scale",
    "ScaleItem",
    "Section",
    "SingleChoiceItem",
    "Slug",
    "target_name",
]
