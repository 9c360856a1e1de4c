"""The made network: invented bodies that show and test the product."""
