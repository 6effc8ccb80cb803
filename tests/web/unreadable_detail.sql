UPDATE events SET detail = '无法还原' WHERE action = 'accept_assignment'
