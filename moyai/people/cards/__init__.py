"""カードの署名 — what a card signed, checked: over exactly our text, by a person's certificate that is in force."""
