"""協議会の規則 — sharing, settling, voting, turns and texts. Pure: no Django of their own, no clock, exact fractions."""
