"""laadplan: from open data to a plankaart for public charging in Dutch municipalities."""

__version__ = "0.1.0"
