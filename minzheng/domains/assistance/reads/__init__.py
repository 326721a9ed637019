"""Questions of social assistance: the register as the law reads it, and why it finds what it finds."""

from minzheng.domains.assistance.reads.reasons import Reasons as Reasons
from minzheng.domains.assistance.reads.reasons import reasons as reasons
from minzheng.domains.assistance.reads.register import HOUSEHOLD as HOUSEHOLD
from minzheng.domains.assistance.reads.register import PERSON as PERSON
from minzheng.domains.assistance.reads.register import Standing as Standing
from minzheng.domains.assistance.reads.register import frames as frames
from minzheng.domains.assistance.reads.register import household_case as household_case
from minzheng.domains.assistance.reads.register import one_at_a_time as one_at_a_time
from minzheng.domains.assistance.reads.register import standings as standings
