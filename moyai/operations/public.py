"""What others may import from operations."""

from moyai.operations.registers import PrintedRate, printed_rates_of_services

__all__ = ["PrintedRate", "printed_rates_of_services"]
