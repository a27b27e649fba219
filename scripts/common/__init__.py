"""What several scripts share: opening the warehouse, fonts, French numbers, errors."""
