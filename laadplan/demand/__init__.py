"""Homes, cars and the charging demand that follows."""
