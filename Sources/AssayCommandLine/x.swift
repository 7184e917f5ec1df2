// internal import AssayModel
