"""資料の読込み — a council's facts from plain files (moyai/web/seeds/<name>/*.csv), through the real actions, whole or not at all."""
