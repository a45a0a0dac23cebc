"""What the rules ask of a company's study, answered: findings, data needs, data quality, EF compliance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from footprint.model import Finding

Kind = Literal["company-specific", "secondary"]
#: what a part of a result rests on; the last three are of secondary datasets
BASES = ("company-specific", "EF", "ILCD-EL", "none")


@dataclass(frozen=True, slots=True)
class Rating:
    """The four data quality criteria, 1 (best) to 5; `level` is excellent, very good, good, fair or poor.

    DQR = (TeR + GeR + TiR + P) / 4 (Recommendation (EU) 2021/2279, Annex I, 4.6.5).
    """

    TeR: float
    GeR: float
    TiR: float
    P: float
    dqr: float
    level: str


@dataclass(frozen=True, slots=True)
class DataNeed:
    """The place of a dataset in the data needs matrix: situation 1 to 3, option, and what that asks.

    `share` is the dataset's part of the hotspot analysis (0 to 1), `kind` what its data count as, `rating` None where
    nobody rated them. `met` says whether kind and rating are what the matrix asks; None where it cannot be told.
    """

    dataset: str
    situation: int
    option: int
    most_relevant: bool
    kind: Kind
    share: float
    limit: float
    rating: Rating | None
    met: bool | None


@dataclass(frozen=True, slots=True)
class StudyQuality:
    """The rating of a study: that of its most relevant datasets, by their contribution.

    `rating` is None where none of them is rated, `rated_share` the part of their contribution that is.
    """

    rating: Rating | None
    rated_share: float


@dataclass(frozen=True, slots=True)
class StudyAssessment:
    """A study against the rules of a day: findings (errors first, then by effect), and what they rest on.

    `compliance` is the part of the hotspot analysis (0 to 1) on each of BASES. No weighted figure is in here.
    """

    findings: tuple[Finding, ...]
    needs: tuple[DataNeed, ...]
    quality: StudyQuality
    compliance: Mapping[str, float]

    @property
    def conforming(self) -> bool:
        """Whether no finding is an error."""
        return not any(finding.severity == "error" for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """As `footprint check STUDY --json` prints it, beside the findings."""
        return {
            "conforming": self.conforming,
            "data_needs": [asdict(need) for need in self.needs],
            "data_quality": asdict(self.quality),
            "compliance": dict(self.compliance),
        }
