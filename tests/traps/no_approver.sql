DELETE FROM person_roles WHERE role = 'approver';
