"""運用の規則 — running time and service levels, clocks of cases, reviews. Pure: no Django, no clock, exact fractions."""
