"""The tables of social assistance: what an application declares, and what is found out about it."""

from minzheng.domains.assistance.models.application import (
    OBLIGORS as OBLIGORS,
)
from minzheng.domains.assistance.models.application import (
    Application as Application,
)
from minzheng.domains.assistance.models.application import (
    DeclaredAsset as DeclaredAsset,
)
from minzheng.domains.assistance.models.application import (
    DeclaredIncome as DeclaredIncome,
)
from minzheng.domains.assistance.models.application import (
    Member as Member,
)
from minzheng.domains.assistance.models.application import (
    Printing as Printing,
)
from minzheng.domains.assistance.models.application import (
    Rating as Rating,
)
from minzheng.domains.assistance.models.verification import (
    Answer as Answer,
)
from minzheng.domains.assistance.models.verification import (
    Inquiry as Inquiry,
)
from minzheng.domains.assistance.models.visit import (
    Visit as Visit,
)
