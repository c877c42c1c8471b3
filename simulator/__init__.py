"""The outside world on the wire: provider APIs, company websites, a language model, DNS. Never imported by worker/."""

from simulator.bill import Bill
from simulator.faults import Fault
from simulator.options import Options
from simulator.simulator import Simulator

__all__ = ["Bill", "Fault", "Options", "Simulator"]
