"""What PEPs and PDPs hold: resources, their policies, and whether the two agree with each other and with Git."""
