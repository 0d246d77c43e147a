"""Draws the deals of the week as bars."""
import json

from acme_bar_chart import bars

with open("/reports/deals.json", encoding="utf-8") as file:
    deals = json.load(file)

with open("/reports/weekly.svg", "w", encoding="utf-8") as file:
    file.write(bars([(deal["customer"], deal["euros"]) for deal in deals]))
print(f"weekly.svg: {len(deals)} bars")
